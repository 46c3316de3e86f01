//go:build cgo && unix

#include "turbojpeg.h"

#include <dlfcn.h>
#include <string.h>

enum {
	only_a_warning = 0,       // TJERR_WARNING
	format_rgb = 0,           // TJPF_RGB
	flag_limit_scans = 32768, // TJFLAG_LIMITSCANS: at most 500; versions before 2.1 do not look at it
};

int datum_turbojpeg_open(struct datum_turbojpeg *lib, const char *name) {
	void *h = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (h == NULL)
		return 0;
	*(void **)&lib->init = dlsym(h, "tjInitDecompress");
	*(void **)&lib->destroy = dlsym(h, "tjDestroy");
	*(void **)&lib->header = dlsym(h, "tjDecompressHeader3");
	*(void **)&lib->decode = dlsym(h, "tjDecompress2");
	*(void **)&lib->error_text = dlsym(h, "tjGetErrorStr2");
	*(void **)&lib->error_code = dlsym(h, "tjGetErrorCode");
	if (lib->init && lib->destroy && lib->header && lib->decode && lib->error_text && lib->error_code)
		return 1;
	dlclose(h);
	return 0;
}

void *datum_turbojpeg_init(const struct datum_turbojpeg *lib) { return lib->init(); }

void datum_turbojpeg_destroy(const struct datum_turbojpeg *lib, void *handle) { lib->destroy(handle); }

static int outcome(const struct datum_turbojpeg *lib, void *handle, int failed, struct datum_turbojpeg_reason *reason) {
	if (failed == 0)
		return 0;
	reason->warning = lib->error_code(handle) == only_a_warning;
	strncpy(reason->text, lib->error_text(handle), sizeof reason->text - 1);
	reason->text[sizeof reason->text - 1] = 0;
	return -1;
}

int datum_turbojpeg_header(const struct datum_turbojpeg *lib, void *handle, const unsigned char *jpeg, size_t size,
                           struct datum_turbojpeg_header *out, struct datum_turbojpeg_reason *reason) {
	int subsampling;
	int failed = lib->header(handle, jpeg, size, &out->width, &out->height, &subsampling, &out->colours);
	return outcome(lib, handle, failed, reason);
}

int datum_turbojpeg_decode(const struct datum_turbojpeg *lib, void *handle, const unsigned char *jpeg, size_t size,
                           unsigned char *to, int width, int height, struct datum_turbojpeg_reason *reason) {
	int failed = lib->decode(handle, jpeg, size, to, width, 3 * width, height, format_rgb, flag_limit_scans);
	return outcome(lib, handle, failed, reason);
}
