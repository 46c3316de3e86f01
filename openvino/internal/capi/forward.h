// How the functions of OpenVINO's C API are found in a library that is opened
// when it is first needed. The forwarders themselves are generated.

#pragma once

#include <signal.h>
#include <stddef.h>
#include <openvino/c/openvino.h>

// One function: its name in the library, and where its address goes.
struct forward {
	const char* name;
	void** address;
};

extern const struct forward forward_table[];
extern const size_t forward_count;

// Opens the library and fills in all addresses. Returns 0; or -1 if the library
// cannot be opened, with what the system says in text; or 1 if it has no function
// of the name in text. text is to be freed.
int forward_open(const char* path, char** text);

// The CPU plugin gives the thread on which it is constructed a signal stack of
// its own, and unmaps that when it is destroyed, on whatever thread that
// happens. Go runs its signal handlers on the stack that it has set itself for
// each thread: a thread that is left with an unmapped one kills the program at
// the next signal, and Go sends itself signals all the time. So the thread gets
// back what it had, when the variable goes out of scope.
struct signal_stack {
	stack_t stack;
	int known;
};

static inline struct signal_stack signal_stack_now(void) {
	struct signal_stack now;
	now.known = sigaltstack(NULL, &now.stack) == 0 && !(now.stack.ss_flags & SS_ONSTACK);
	return now;
}

static inline void signal_stack_restore(struct signal_stack* before) {
	if (before->known) sigaltstack(&before->stack, NULL);
}

#define KEEP_SIGNAL_STACK \
	struct signal_stack before __attribute__((cleanup(signal_stack_restore))) = signal_stack_now();
