package install

import (
	"runtime"
	"slices"
	"strings"

	"datum/formats"
)

// Version is the release of OpenVINO that datum is made for.
const Version = "2026.4.1"

// File is a file of the runtime as it must be.
type File struct {
	// Name is its path in the folder of the runtime, Member that in the wheel.
	Name, Member string
	Size         int64
	SHA256       string
	// Frontend is empty for what is always installed, and otherwise the name
	// by which it is asked for: see [Release.Frontends].
	Frontend string
	// Optional is what is always tried to get, and not missed.
	Optional bool
}

// Release is what is pinned for one kind of machine, out of one wheel.
type Release struct {
	// Package and Version are the wheel's, Platform is the tag of its platform, as pip
	// calls it.
	Package, Version, Platform string
	// Library is the file by which one sees that the others are there.
	Library File
	Files   []File
	// Turbo is libturbojpeg, with which pictures are decoded faster: it has a wheel of
	// its own, and nil means that there is none for the machine.
	Turbo *Release
}

// releases are by operating system and processor. The libraries of one machine
// are the same bytes in the wheels for all Pythons.
var releases = map[string]*Release{
	"linux/amd64": runtimeOf("manylinux_2_28_x86_64", turboX86, []File{
		lib("libopenvino.so.2641", 20_526_937, "9b9a80ac1f18e07b13ed54459d9a865bcfe9dc170dbf8fe740c2974b85ecedc1", ""),
		lib("libopenvino_c.so.2641", 377_505, "d2d0836d422b21fc5da2739af0d6035df3fc6dd5e4756402eb848974edecf8a5", ""),
		lib("libopenvino_intel_cpu_plugin.so", 63_691_929, "6599e3dd300d047b5ed72f8e48101c5f312c25321f35f57f803641ff8372900b", ""),
		lib("libopenvino_ir_frontend.so.2641", 640_313, "554e9fd3d4a0fbc587c14379464b2324e24b8ea736cfb749ad2cd9e74dfc09e0", ""),
		lib("libopenvino_onnx_frontend.so.2641", 6_827_321, "82d499f5b5e8514def7aaa1ecd5a9f570542d33ae9d00a0077f707cccd0e0192", ""),
		lib("libtbb.so.12", 369_313, "ac9518497a4f2cb6729792730f145ee58367316031511923fef263c9ac81ca61", ""),
		lib("libopenvino_paddle_frontend.so.2641", 1_905_353, "ab5ec31375add963e9ec7dc34793061c5c8851c5f97a9c0e78b487d99b27e148", "paddle"),
		lib("libopenvino_tensorflow_frontend.so.2641", 5_227_801, "4f1d789e3bfad9270ad726c8edf3764113415df3b3531a132cafb6527bea1796", "tensorflow"),
		lib("libopenvino_tensorflow_lite_frontend.so.2641", 1_338_601, "37c15a95dad43623cbefa23fc23370bdc20e5c757ba35a04f846e8ac227a0ed6", "tensorflow-lite"),
		licence("LICENSE", 11_357, "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4"),
		licence("licensing/onednn_third-party-programs.txt", 28_475, "f1b16991dfe8488f3f5f07cccba575c31c91175a9f2c8d9e1569665f86e0b2f6"),
		licence("licensing/onetbb_third-party-programs.txt", 46_979, "b10997cc50652ba6ab365e3bc43e13057681cd4a56533b46171529bd249749f3"),
		licence("licensing/runtime-third-party-programs.txt", 120_451, "caf4040a8c3043c9fdc7638ccc61078b40ce623e69e3bcd2bc544ae70a368b2f"),
	}),
	"linux/arm64": runtimeOf("manylinux_2_35_aarch64", nil, []File{
		lib("libopenvino.so.2641", 17_135_873, "4a4ce9bb19ab78288b36ff39cbfebf1307c6b1ffda953b0c2b32129a8e89f04a", ""),
		lib("libopenvino_arm_cpu_plugin.so", 44_571_169, "839cb0653151d0962e13a129b7b1ad2ffc700b5a1472e847cdcb83e523cf424e", ""),
		lib("libopenvino_c.so.2641", 356_801, "dfb34063847add4fe0689583633e74b69d7844e9e5a4b085476b0861c0b28f51", ""),
		lib("libopenvino_ir_frontend.so.2641", 554_009, "0c1e737e93e78b5ffaf854d830140d2d84046847e19cd5226a1aff1c56be4431", ""),
		lib("libopenvino_onnx_frontend.so.2641", 5_845_145, "2ea8eb7270401e9a1ccf4de9f5fc4bcb3177d00f431a8e9bfa24dfe19b7a4578", ""),
		lib("libtbb.so.12", 274_601, "07ad125a3e19dbc40cf74ea6d4bd4c67ad7df5aaff9611178eea99592bc7a921", ""),
		lib("libopenvino_paddle_frontend.so.2641", 1_692_561, "38245152a3d804f4c0bd95ec06ecb53ecc070b0ab7555801e3bb03a89eab31c2", "paddle"),
		lib("libopenvino_tensorflow_frontend.so.2641", 4_712_073, "d9e7c0ad53e96664f9927cc4183aeab11d977a9f952c6fc7bac9a432a9ee34db", "tensorflow"),
		lib("libopenvino_tensorflow_lite_frontend.so.2641", 1_158_793, "ab826dc46c822a2af5922cd09dab50583ee412d63de3b935a987015f8bd29fda", "tensorflow-lite"),
		licence("LICENSE", 11_357, "c71d239df91726fc519c6eb72d318ec65820627232b2f796219e87dcf35d0ab4"),
		licence("licensing/onednn_third-party-programs.txt", 28_475, "f1b16991dfe8488f3f5f07cccba575c31c91175a9f2c8d9e1569665f86e0b2f6"),
		licence("licensing/onetbb_third-party-programs.txt", 46_979, "b10997cc50652ba6ab365e3bc43e13057681cd4a56533b46171529bd249749f3"),
		licence("licensing/runtime-third-party-programs.txt", 120_451, "caf4040a8c3043c9fdc7638ccc61078b40ce623e69e3bcd2bc544ae70a368b2f"),
	}),
}

// turboX86 is libjpeg-turbo 2.1.92. The wheel has no text of its licences (IJG, BSD): what it
// says of where it comes from is kept in their place.
var turboX86 = &Release{
	Package: "turbojpeg", Version: "0.0.2", Platform: "manylinux_2_17_x86_64", Library: turboLibrary,
	Files: []File{turboLibrary, {
		Name: "licenses/turbojpeg.txt", Member: "turbojpeg-0.0.2.dist-info/METADATA", Size: 2_180,
		SHA256: "cd681f90807d9d34daa218a572f02b7a1cbf3b248026dc98d1c9839ee8abea1f", Optional: true,
	}},
}

var turboLibrary = File{
	Name: "libturbojpeg.so.0", Member: "turbojpeg.libs/libturbojpeg-dd00d054.so.0.3.0", Size: 1_251_593,
	SHA256: "4c9cc9a93fc3c14c059859d8252c093d5b9b1138854c9b4bb75d46c8b8ffd6c9", Optional: true,
}

func runtimeOf(platform string, turbo *Release, files []File) *Release {
	return &Release{Package: "openvino", Version: Version, Platform: platform, Library: lib(library, 0, "", ""), Files: files, Turbo: turbo}
}

func lib(name string, size int64, sum, frontend string) File {
	return File{Name: name, Member: "openvino/libs/" + name, Size: size, SHA256: sum, Frontend: frontend}
}

// licence is a text that has to stay beside the libraries.
func licence(name string, size int64, sum string) File {
	base := name[strings.LastIndexByte(name, '/')+1:]
	return File{Name: "licenses/" + base, Member: "openvino-" + Version + ".dist-info/licenses/" + name, Size: size, SHA256: sum}
}

// Pinned returns what is pinned for this machine.
func Pinned() (*Release, error) {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	if r := releases[platform]; r != nil {
		return r, nil
	}
	return nil, formats.WithHint(formats.Reason(ErrNoRuntime, "%w, which is %s", ErrNoRuntime, platform), "datum runs models on Linux with x86-64 or arm64 processors")
}

// Frontends are what can be asked for besides the default, which reads OpenVINO's
// own models and ONNX.
func (r *Release) Frontends() []string {
	var names []string
	for _, f := range r.Files {
		if f.Frontend != "" {
			names = append(names, f.Frontend)
		}
	}
	return names
}

// all returns the files of all wheels.
func (r *Release) all() []File {
	if r.Turbo == nil {
		return r.Files
	}
	return slices.Concat(r.Files, r.Turbo.Files)
}

// split returns the files that are needed, and those of libturbojpeg.
func split(files []File) (needed, optional []File) {
	for _, f := range files {
		if f.Optional {
			optional = append(optional, f)
		} else {
			needed = append(needed, f)
		}
	}
	return needed, optional
}

// choose returns the files of the default and of the frontends in extra.
func (r *Release) choose(extra []string) []File {
	return slices.DeleteFunc(slices.Clone(r.all()), func(f File) bool {
		return f.Frontend != "" && !slices.Contains(extra, f.Frontend)
	})
}
