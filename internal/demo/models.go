package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// model makes a second dataset and a model for it, and encrypts both.
func (s *stage) model() error {
	if s.withoutRuntime {
		s.say("A model would now be evaluated on encrypted pictures. That is left out without the runtime.")
		return nil
	}
	s.say("A second dataset has red, green and blue rectangles, and a tiny detector looks for such: its weights are set by hand, nothing was trained. Both are encrypted under the same key.")
	if err := writeRectangles(s.path("rectangles")); err != nil {
		return err
	}
	if err := writeDetector(s.path("detector.xml"), s.path("detector.bin")); err != nil {
		return err
	}
	if _, err := s.run("encrypt", s.path("rectangles"), s.path("rectangles-enc"), "-k", s.path("my.key")); err != nil {
		return err
	}
	_, err := s.run("model", "encrypt", s.path("detector.xml"), s.path("detector.enc"), "-k", s.path("my.key"))
	return err
}

// evaluate runs the encrypted model on the encrypted pictures, and compares that
// with the plain ones.
func (s *stage) evaluate() error {
	if s.withoutRuntime {
		return nil
	}
	s.say("How good is the detector? Pictures, annotations and model are decrypted in memory only. It misses what is pale, and takes what overlaps for something else.")
	if _, err := s.run("eval", "-m", s.path("detector.enc"), "-i", s.path("rectangles-enc"), "-k", s.path("my.key")); err != nil {
		return err
	}
	s.say("The same for programs, as JSON (its begin is shown). The plain model on the plain pictures gives the same numbers.")
	encrypted, err := s.numbers("eval", "-m", s.path("detector.enc"), "-i", s.path("rectangles-enc"), "-k", s.path("my.key"), "--json")
	if err != nil {
		return err
	}
	plain, err := s.numbers("eval", "-m", s.path("detector.xml"), "-i", s.path("rectangles"), "--json")
	if err != nil {
		return err
	}
	if !bytes.Equal(encrypted, plain) {
		return errors.New("the numbers differ")
	}
	fmt.Println("     no difference in any number")
	return nil
}

// numbers runs an evaluation and returns what it measured, which is not nothing.
func (s *stage) numbers(args ...string) ([]byte, error) {
	out, err := s.output(args...)
	if err != nil {
		fmt.Printf("     %s", out)
		return nil, err
	}
	var result struct {
		Detection json.RawMessage `json:"detection"`
	}
	var measured struct {
		COCO struct{ AP float64 } `json:"coco"`
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(result.Detection, &measured); err != nil {
		return nil, err
	}
	const shown, least = 100, 0.5
	at := max(0, bytes.Index(out, []byte(`"detection":`)))
	fmt.Printf("     …%s…\n", out[at:min(at+shown, len(out))])
	if measured.COCO.AP < least {
		return nil, fmt.Errorf("the detector has an AP of %v only", measured.COCO.AP)
	}
	return result.Detection, nil
}

// predict writes what the model finds, encrypted, and one picture to look at.
func (s *stage) predict() error {
	if s.withoutRuntime {
		return nil
	}
	s.say("What the detector finds becomes the annotations of a new dataset, which is encrypted under the same key.")
	if _, err := s.run("predict", "-m", s.path("detector.enc"), "-i", s.path("rectangles-enc"), "-k", s.path("my.key"), "-f", "datumaro_binary", "-o", s.path("found"), "--save-media"); err != nil {
		return err
	}
	if _, err := s.run("verify", s.path("found"), "-k", s.path("my.key")); err != nil {
		return err
	}
	s.say("To look at it, it can be drawn. Such pictures are plain, so of encrypted ones that has to be permitted.")
	if _, err := s.run("predict", "-m", s.path("detector.enc"), "-i", s.path("rectangles-enc"), "-k", s.path("my.key"), "--draw", s.path("drawn"), "--allow-plaintext"); err != nil {
		return err
	}
	picture, err := os.ReadFile(s.path(filepath.Join("drawn", "val", "rectangles-1.jpg")))
	if err != nil {
		return err
	}
	kept := filepath.Join(filepath.Dir(s.datum), "demo.jpg")
	if err := os.WriteFile(kept, picture, 0o666); err != nil {
		return err
	}
	fmt.Printf("     one of them is %s\n", kept)
	return nil
}
