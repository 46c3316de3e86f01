//go:build !purego

#include "textflag.h"

// The next round key, from the one in X0.
#define NEXTKEY(RCON, OFF) \
	AESKEYGENASSIST $RCON, X0, X1; \
	PSHUFD $0xff, X1, X1; \
	MOVOU X0, X2; \
	PSLLO $4, X2; \
	PXOR X2, X0; \
	PSLLO $4, X2; \
	PXOR X2, X0; \
	PSLLO $4, X2; \
	PXOR X2, X0; \
	PXOR X1, X0; \
	MOVOU X0, OFF(BX)

// The key of decrypting which goes with one of encrypting.
#define INVERSE(FROM, TO) \
	MOVOU FROM(BX), X0; \
	AESIMC X0, X0; \
	MOVOU X0, TO(CX)

// func expand(enc, dec *schedule, key *[16]byte)
TEXT ·expand(SB), NOSPLIT, $0-24
	MOVQ enc+0(FP), BX
	MOVQ dec+8(FP), CX
	MOVQ key+16(FP), DX
	MOVOU (DX), X0
	MOVOU X0, (BX)
	MOVOU X0, 160(CX)
	NEXTKEY(0x01, 16)
	NEXTKEY(0x02, 32)
	NEXTKEY(0x04, 48)
	NEXTKEY(0x08, 64)
	NEXTKEY(0x10, 80)
	NEXTKEY(0x20, 96)
	NEXTKEY(0x40, 112)
	NEXTKEY(0x80, 128)
	NEXTKEY(0x1b, 144)
	NEXTKEY(0x36, 160)
	MOVOU X0, (CX)
	INVERSE(144, 16)
	INVERSE(128, 32)
	INVERSE(112, 48)
	INVERSE(96, 64)
	INVERSE(80, 80)
	INVERSE(64, 96)
	INVERSE(48, 112)
	INVERSE(32, 128)
	INVERSE(16, 144)
	RET

// func extendedFeatures() uint32
TEXT ·extendedFeatures(SB), NOSPLIT, $0-4
	MOVL $7, AX
	XORL CX, CX
	CPUID
	MOVL BX, ret+0(FP)
	RET
