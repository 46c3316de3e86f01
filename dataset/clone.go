package dataset

import "slices"

// Clone returns a deep copy.
func (a *Label) Clone() Annotation { c := *a; c.Base = a.clone(); return &c }

// Clone returns a deep copy.
func (a *Bbox) Clone() Annotation { c := *a; c.Base = a.clone(); return &c }

// Clone returns a deep copy.
func (a *RotatedBbox) Clone() Annotation { c := *a; c.Base = a.clone(); return &c }

// Clone returns a deep copy.
func (a *Polygon) Clone() Annotation {
	c := *a
	c.Base, c.Points = a.clone(), slices.Clone(a.Points)
	return &c
}

// Clone returns a deep copy.
func (a *PolyLine) Clone() Annotation {
	c := *a
	c.Base, c.Points = a.clone(), slices.Clone(a.Points)
	return &c
}

// Clone returns a deep copy.
func (a *Points) Clone() Annotation {
	c := *a
	c.Base, c.Points, c.Visibility = a.clone(), slices.Clone(a.Points), slices.Clone(a.Visibility)
	return &c
}

// Clone returns a deep copy.
func (a *Mask) Clone() Annotation {
	c := *a
	c.Base, c.RLE.Counts = a.clone(), slices.Clone(a.RLE.Counts)
	return &c
}

// Clone returns a deep copy.
func (a *Caption) Clone() Annotation { c := *a; c.Base = a.clone(); return &c }

// Clone returns a deep copy.
func (a *Ellipse) Clone() Annotation { c := *a; c.Base = a.clone(); return &c }

// Clone returns a deep copy.
func (a *Cuboid2D) Clone() Annotation {
	c := *a
	c.Base, c.Y3D = a.clone(), slices.Clone(a.Y3D)
	return &c
}

// Clone returns a deep copy.
func (a *Cuboid3D) Clone() Annotation { c := *a; c.Base = a.clone(); return &c }

// Clone returns a deep copy.
func (a *Tabular) Clone() Annotation {
	c := *a
	c.Base, c.Values = a.clone(), a.Values.Clone()
	return &c
}
