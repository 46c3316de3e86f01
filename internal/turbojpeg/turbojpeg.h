// The functions of libturbojpeg that are used, found by name when the library
// is opened. Their signatures have been the same since version 2.0 (2018) and
// are promised to stay.

#include <stddef.h>

struct datum_turbojpeg {
	void *(*init)(void);
	int (*destroy)(void *);
	int (*header)(void *, const unsigned char *, unsigned long, int *, int *, int *, int *);
	int (*decode)(void *, const unsigned char *, unsigned long, unsigned char *, int, int, int, int, int);
	char *(*error_text)(void *);
	int (*error_code)(void *);
};

// Opens the library called name. Returns 0 where it is not there, or lacks a
// function.
int datum_turbojpeg_open(struct datum_turbojpeg *lib, const char *name);

void *datum_turbojpeg_init(const struct datum_turbojpeg *lib);
void datum_turbojpeg_destroy(const struct datum_turbojpeg *lib, void *handle);

struct datum_turbojpeg_header {
	int width, height, colours;
};

// Why something failed. A warning says that it was done all the same.
struct datum_turbojpeg_reason {
	char text[200];
	int warning;
};

// Reads the size and the colour space. Returns 0, or -1 with the reason.
int datum_turbojpeg_header(const struct datum_turbojpeg *lib, void *handle, const unsigned char *jpeg, size_t size,
                           struct datum_turbojpeg_header *out, struct datum_turbojpeg_reason *reason);

// Decodes to RGB of the given size, which has to be one that the library can
// scale to: it never writes more. Returns 0, or -1 with the reason.
int datum_turbojpeg_decode(const struct datum_turbojpeg *lib, void *handle, const unsigned char *jpeg, size_t size,
                           unsigned char *to, int width, int height, struct datum_turbojpeg_reason *reason);
