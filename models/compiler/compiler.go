// Package compiler compiles models, or takes them compiled from the cache of
// package compiledcache.
package compiler

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"datum/crypto/key"
	"datum/models/compiledcache"
	"datum/models/modelfile"
	"datum/openvino"
)

// A Compiler compiles one model. The zero Compiler, and a nil one, have no cache.
type Compiler struct {
	// Model is the hash of the model in its files.
	Model modelfile.Hash
	// Cache is where compiled models are kept; nil for nowhere.
	Cache *compiledcache.Cache
	// Detail is told what became of the cache. That never keeps a model from being
	// compiled.
	Detail func(format string, args ...any)
}

// For returns the Compiler of a model, with the user's cache where there is a key,
// that of the model or of the dataset that it is for: a plain cache beside
// encrypted data would give away what those are about. The key is used until
// Compile is done.
func For(m *modelfile.Model, k *key.Key, detail func(format string, args ...any)) *Compiler {
	c := &Compiler{Model: m.Hash, Detail: detail}
	if k == nil {
		c.detail("the compiled model is not kept for the next run: that is done encrypted only, and no key was given")
		return c
	}
	dir, err := compiledcache.Dir()
	if err != nil {
		c.detail("the compiled model is not kept for the next run: %v", err)
		return c
	}
	c.Cache = compiledcache.New(dir, k)
	return c
}

// Compile returns the model, compiled: from the cache, or else as
// [openvino.Core.Compile] does it, and puts it into the cache. What was done to
// the model since it was read has to be said by changes, differently for any two
// things that can be done.
func (c *Compiler) Compile(core *openvino.Core, model *openvino.Model, changes string, o openvino.CompileOptions) (*openvino.Compiled, error) {
	if c == nil || c.Cache == nil {
		return core.Compile(model, o)
	}
	id, err := c.id(core, changes, o)
	if err != nil {
		c.detail("no cache of compiled models: %v", err)
		return core.Compile(model, o)
	}
	if compiled := c.kept(core, id, o); compiled != nil {
		return compiled, nil
	}
	compiled, err := core.Compile(model, o)
	if err != nil {
		return nil, err
	}
	if err := c.Cache.Put(id, compiled.Export); err != nil {
		c.detail("the compiled model could not be kept for the next run: %v", err)
	} else {
		c.detail("the compiled model is kept, encrypted, for the next run")
	}
	return compiled, nil
}

func (c *Compiler) detail(format string, args ...any) {
	if c.Detail != nil {
		c.Detail(format, args...)
	}
}

// kept takes the model from the cache, or returns nil.
func (c *Compiler) kept(core *openvino.Core, id compiledcache.ID, o openvino.CompileOptions) *openvino.Compiled {
	blob, err := c.Cache.Get(id)
	if err != nil {
		if !errors.Is(err, compiledcache.ErrMiss) {
			c.detail("the compiled model that was kept is not used: %v", err)
		}
		return nil
	}
	compiled, err := core.Import(blob.Bytes(), o) // makes a copy
	if err = errors.Join(err, blob.Free()); err != nil {
		c.detail("the compiled model that was kept is not used: %v", err)
		if compiled != nil {
			compiled.Close()
		}
		return nil
	}
	c.detail("the model was compiled in an earlier run")
	return compiled
}

// id says on what the compiled model depends: also on how many processors there
// are, since the runtime chooses its threads by them and exports its choice.
func (c *Compiler) id(core *openvino.Core, changes string, o openvino.CompileOptions) (compiledcache.ID, error) {
	options, err := json.Marshal(o)
	if err != nil {
		return compiledcache.ID{}, err
	}
	device := o.Device
	if device == "" {
		device = "CPU"
	}
	machine := fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, name := range []string{"FULL_DEVICE_NAME", "OPTIMIZATION_CAPABILITIES"} {
		value, err := core.Property(device, name)
		if err != nil {
			return compiledcache.ID{}, err
		}
		machine += fmt.Sprintf(", %q", value)
	}
	return compiledcache.ID{Model: c.Model, Changes: changes, Runtime: openvino.Version(), Machine: machine, Options: string(options)}, nil
}
