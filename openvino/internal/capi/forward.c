//go:build cgo && linux

#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>

#include "forward.h"

static char* copy(const char* text) { return strdup(text ? text : "unknown error"); }

int forward_open(const char* path, char** text) {
	// RTLD_LOCAL: its symbols are nobody else's business. RTLD_NOW: what is
	// missing is found out here and not in the middle of an inference.
	void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		*text = copy(dlerror());
		return -1;
	}
	for (size_t i = 0; i < forward_count; i++) {
		void* address = dlsym(library, forward_table[i].name);
		if (!address) {
			*text = copy(forward_table[i].name);
			dlclose(library);
			return 1;
		}
		*forward_table[i].address = address;
	}
	return 0;
}
