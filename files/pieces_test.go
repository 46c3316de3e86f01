package files

import "io/fs"

// ReadInPieces makes every Read of a file give a few bytes only, as pipes and
// file systems over a network may. It is for tests of those who read folders.
func (f *Folder) ReadInPieces() { f.tree = piecesTree{f.tree} }

type piecesTree struct{ tree }

func (t piecesTree) Open(name string) (fs.File, error) {
	f, err := t.tree.Open(name)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if file, ok := f.(File); ok && err == nil && st.Mode().IsRegular() {
		return &piecesFile{File: file}, nil
	}
	return f, nil
}

type piecesFile struct {
	File
	reads int
}

func (f *piecesFile) Read(b []byte) (int, error) {
	f.reads++
	return f.File.Read(b[:min(len(b), 1+f.reads%7)])
}
