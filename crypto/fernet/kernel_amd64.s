//go:build !purego

#include "textflag.h"

// Fernet encrypts with AES in CBC mode and hashes what comes out with SHA-256.
// Both are chains: each instruction waits for the one before it, 3 cycles for a
// round of AES and 4 for two rounds of SHA-256, on units that could begin one in
// each cycle or two. These functions weave independent chains into each other, so
// that one runs while the other waits: the encryption of the next 64 bytes with
// the hash of earlier ones, and the same of two tokens. The order of the lines
// matters only for that; the processor looks ahead a few dozen instructions.
//
// No address and no branch depends on a key or on plaintext.
//
// Registers of a lane
//
//	AX        the eleven round keys
//	X1, X2    the state of SHA-256: A B E F and C D G H, highest first
//	X3 - X6   the sixteen words of the message schedule that come next
//	X7        AES
//	X8 - X14  the same of the second lane
//	X0        words plus constants, where SHA256RNDS2 wants them
//	X15       scratch

// Loads four words, in which the lowest address has the highest byte.
#define LOAD(OFF, P, M) \
	VMOVDQU OFF(P), M; \
	VPSHUFB ·bigEndian(SB), M, M

// Four rounds of SHA-256 with the words of M.
#define ROUNDS(K, M, S0, S1) \
	VPADDD ·constants+K(SB), M, X0; \
	SHA256RNDS2 X0, S0, S1; \
	VPSHUFD $0x0e, X0, X0; \
	SHA256RNDS2 X0, S1, S0

// Finishes the four words NEXT, which come after CUR, which comes after PREV.
#define SCHEDULE(PREV, CUR, NEXT) \
	VPALIGNR $4, PREV, CUR, X15; \
	VPADDD X15, NEXT, NEXT; \
	SHA256MSG2 CUR, NEXT

// Four rounds, the words that come next, and a beginning of those three later.
#define GROUP(K, PREV, CUR, NEXT, S0, S1) \
	ROUNDS(K, CUR, S0, S1); \
	SCHEDULE(PREV, CUR, NEXT); \
	SHA256MSG1 CUR, PREV

// Adds what the state was before the 64 bytes, which SUM points to.
#define ADDUP(SUM, S0, S1) \
	VPADDD (SUM), S0, S0; \
	VMOVDQU S0, (SUM); \
	VPADDD 16(SUM), S1, S1; \
	VMOVDQU S1, 16(SUM)

// One block of AES in four parts.
#define ENC0(OFF, SRC, C) \
	VPXOR OFF(SRC), C, C; \
	VPXOR (AX), C, C; \
	VAESENC 16(AX), C, C; \
	VAESENC 32(AX), C, C
#define ENC1(C) \
	VAESENC 48(AX), C, C; \
	VAESENC 64(AX), C, C; \
	VAESENC 80(AX), C, C
#define ENC2(C) \
	VAESENC 96(AX), C, C; \
	VAESENC 112(AX), C, C; \
	VAESENC 128(AX), C, C
#define ENC3(OFF, DST, C) \
	VAESENC 144(AX), C, C; \
	VAESENCLAST 160(AX), C, C; \
	VMOVDQU C, OFF(DST)

// func hash1(sum *digest, p *byte, n int)
TEXT ·hash1(SB), NOSPLIT, $0-24
	MOVQ sum+0(FP), DX
	MOVQ p+8(FP), R8
	MOVQ n+16(FP), CX
	VZEROUPPER
	VMOVDQU (DX), X1
	VMOVDQU 16(DX), X2

loop:
	LOAD(0, R8, X3)
	ROUNDS(0, X3, X1, X2)
	LOAD(16, R8, X4)
	ROUNDS(16, X4, X1, X2)
	SHA256MSG1 X4, X3
	LOAD(32, R8, X5)
	ROUNDS(32, X5, X1, X2)
	SHA256MSG1 X5, X4
	LOAD(48, R8, X6)
	GROUP(48, X5, X6, X3, X1, X2)
	GROUP(64, X6, X3, X4, X1, X2)
	GROUP(80, X3, X4, X5, X1, X2)
	GROUP(96, X4, X5, X6, X1, X2)
	GROUP(112, X5, X6, X3, X1, X2)
	GROUP(128, X6, X3, X4, X1, X2)
	GROUP(144, X3, X4, X5, X1, X2)
	GROUP(160, X4, X5, X6, X1, X2)
	GROUP(176, X5, X6, X3, X1, X2)
	GROUP(192, X6, X3, X4, X1, X2)
	ROUNDS(208, X4, X1, X2)
	SCHEDULE(X3, X4, X5)
	ROUNDS(224, X5, X1, X2)
	SCHEDULE(X4, X5, X6)
	ROUNDS(240, X6, X1, X2)
	ADDUP(DX, X1, X2)
	ADDQ $64, R8
	DECQ CX
	JNZ  loop
	RET

// func encrypt1(keys *schedule, sum *digest, dst, src, hash *byte, n int)
TEXT ·encrypt1(SB), NOSPLIT, $0-48
	MOVQ keys+0(FP), AX
	MOVQ sum+8(FP), DX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), SI
	MOVQ hash+32(FP), R8
	MOVQ n+40(FP), CX
	VZEROUPPER
	VMOVDQU (DX), X1
	VMOVDQU 16(DX), X2
	VMOVDQU -16(DI), X7

loop:
	LOAD(0, R8, X3)
	ENC0(0, SI, X7)
	ROUNDS(0, X3, X1, X2)
	LOAD(16, R8, X4)
	ENC1(X7)
	ROUNDS(16, X4, X1, X2)
	SHA256MSG1 X4, X3
	LOAD(32, R8, X5)
	ENC2(X7)
	ROUNDS(32, X5, X1, X2)
	SHA256MSG1 X5, X4
	LOAD(48, R8, X6)
	ENC3(0, DI, X7)
	GROUP(48, X5, X6, X3, X1, X2)
	ENC0(16, SI, X7)
	GROUP(64, X6, X3, X4, X1, X2)
	ENC1(X7)
	GROUP(80, X3, X4, X5, X1, X2)
	ENC2(X7)
	GROUP(96, X4, X5, X6, X1, X2)
	ENC3(16, DI, X7)
	GROUP(112, X5, X6, X3, X1, X2)
	ENC0(32, SI, X7)
	GROUP(128, X6, X3, X4, X1, X2)
	ENC1(X7)
	GROUP(144, X3, X4, X5, X1, X2)
	ENC2(X7)
	GROUP(160, X4, X5, X6, X1, X2)
	ENC3(32, DI, X7)
	GROUP(176, X5, X6, X3, X1, X2)
	ENC0(48, SI, X7)
	GROUP(192, X6, X3, X4, X1, X2)
	ENC1(X7)
	ROUNDS(208, X4, X1, X2)
	SCHEDULE(X3, X4, X5)
	ENC2(X7)
	ROUNDS(224, X5, X1, X2)
	SCHEDULE(X4, X5, X6)
	ENC3(48, DI, X7)
	ROUNDS(240, X6, X1, X2)
	ADDUP(DX, X1, X2)
	ADDQ $64, R8
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	RET

// func encrypt2(keys *schedule, sum0 *digest, dst0, src0, hash0 *byte, sum1 *digest, dst1, src1, hash1 *byte, n int)
TEXT ·encrypt2(SB), NOSPLIT, $0-80
	MOVQ keys+0(FP), AX
	MOVQ sum0+8(FP), DX
	MOVQ dst0+16(FP), DI
	MOVQ src0+24(FP), SI
	MOVQ hash0+32(FP), R8
	MOVQ sum1+40(FP), BX
	MOVQ dst1+48(FP), R10
	MOVQ src1+56(FP), R9
	MOVQ hash1+64(FP), R11
	MOVQ n+72(FP), CX
	VZEROUPPER
	VMOVDQU (DX), X1
	VMOVDQU 16(DX), X2
	VMOVDQU -16(DI), X7
	VMOVDQU (BX), X8
	VMOVDQU 16(BX), X9
	VMOVDQU -16(R10), X14

loop:
	LOAD(0, R8, X3)
	ENC0(0, SI, X7)
	ROUNDS(0, X3, X1, X2)
	LOAD(0, R11, X10)
	ENC0(0, R9, X14)
	ROUNDS(0, X10, X8, X9)
	LOAD(16, R8, X4)
	ENC1(X7)
	ROUNDS(16, X4, X1, X2)
	SHA256MSG1 X4, X3
	LOAD(16, R11, X11)
	ENC1(X14)
	ROUNDS(16, X11, X8, X9)
	SHA256MSG1 X11, X10
	LOAD(32, R8, X5)
	ENC2(X7)
	ROUNDS(32, X5, X1, X2)
	SHA256MSG1 X5, X4
	LOAD(32, R11, X12)
	ENC2(X14)
	ROUNDS(32, X12, X8, X9)
	SHA256MSG1 X12, X11
	LOAD(48, R8, X6)
	ENC3(0, DI, X7)
	GROUP(48, X5, X6, X3, X1, X2)
	LOAD(48, R11, X13)
	ENC3(0, R10, X14)
	GROUP(48, X12, X13, X10, X8, X9)

	ENC0(16, SI, X7)
	GROUP(64, X6, X3, X4, X1, X2)
	ENC0(16, R9, X14)
	GROUP(64, X13, X10, X11, X8, X9)
	ENC1(X7)
	GROUP(80, X3, X4, X5, X1, X2)
	ENC1(X14)
	GROUP(80, X10, X11, X12, X8, X9)
	ENC2(X7)
	GROUP(96, X4, X5, X6, X1, X2)
	ENC2(X14)
	GROUP(96, X11, X12, X13, X8, X9)
	ENC3(16, DI, X7)
	GROUP(112, X5, X6, X3, X1, X2)
	ENC3(16, R10, X14)
	GROUP(112, X12, X13, X10, X8, X9)

	ENC0(32, SI, X7)
	GROUP(128, X6, X3, X4, X1, X2)
	ENC0(32, R9, X14)
	GROUP(128, X13, X10, X11, X8, X9)
	ENC1(X7)
	GROUP(144, X3, X4, X5, X1, X2)
	ENC1(X14)
	GROUP(144, X10, X11, X12, X8, X9)
	ENC2(X7)
	GROUP(160, X4, X5, X6, X1, X2)
	ENC2(X14)
	GROUP(160, X11, X12, X13, X8, X9)
	ENC3(32, DI, X7)
	GROUP(176, X5, X6, X3, X1, X2)
	ENC3(32, R10, X14)
	GROUP(176, X12, X13, X10, X8, X9)

	ENC0(48, SI, X7)
	GROUP(192, X6, X3, X4, X1, X2)
	ENC0(48, R9, X14)
	GROUP(192, X13, X10, X11, X8, X9)
	ENC1(X7)
	ROUNDS(208, X4, X1, X2)
	SCHEDULE(X3, X4, X5)
	ENC1(X14)
	ROUNDS(208, X11, X8, X9)
	SCHEDULE(X10, X11, X12)
	ENC2(X7)
	ROUNDS(224, X5, X1, X2)
	SCHEDULE(X4, X5, X6)
	ENC2(X14)
	ROUNDS(224, X12, X8, X9)
	SCHEDULE(X11, X12, X13)
	ENC3(48, DI, X7)
	ROUNDS(240, X6, X1, X2)
	ENC3(48, R10, X14)
	ROUNDS(240, X13, X8, X9)
	ADDUP(DX, X1, X2)
	ADDUP(BX, X8, X9)
	ADDQ $64, R8
	ADDQ $64, R11
	ADDQ $64, SI
	ADDQ $64, R9
	ADDQ $64, DI
	ADDQ $64, R10
	DECQ CX
	JNZ  loop
	RET

// One step of decrypting four blocks.
#define DEC(OFF) \
	VAESDEC OFF(AX), X7, X7; \
	VAESDEC OFF(AX), X8, X8; \
	VAESDEC OFF(AX), X9, X9; \
	VAESDEC OFF(AX), X10, X10

// func decrypt1(keys *schedule, sum *digest, dst, src, hash *byte, n int)
TEXT ·decrypt1(SB), NOSPLIT, $0-48
	MOVQ keys+0(FP), AX
	MOVQ sum+8(FP), DX
	MOVQ dst+16(FP), DI
	MOVQ src+24(FP), SI
	MOVQ hash+32(FP), R8
	MOVQ n+40(FP), CX
	VZEROUPPER
	VMOVDQU (DX), X1
	VMOVDQU 16(DX), X2
	VMOVDQU (AX), X11

loop:
	LOAD(0, R8, X3)
	VPXOR (SI), X11, X7
	VPXOR 16(SI), X11, X8
	VPXOR 32(SI), X11, X9
	VPXOR 48(SI), X11, X10
	ROUNDS(0, X3, X1, X2)
	LOAD(16, R8, X4)
	DEC(16)
	ROUNDS(16, X4, X1, X2)
	SHA256MSG1 X4, X3
	LOAD(32, R8, X5)
	DEC(32)
	ROUNDS(32, X5, X1, X2)
	SHA256MSG1 X5, X4
	LOAD(48, R8, X6)
	DEC(48)
	GROUP(48, X5, X6, X3, X1, X2)
	DEC(64)
	GROUP(64, X6, X3, X4, X1, X2)
	DEC(80)
	GROUP(80, X3, X4, X5, X1, X2)
	DEC(96)
	GROUP(96, X4, X5, X6, X1, X2)
	DEC(112)
	GROUP(112, X5, X6, X3, X1, X2)
	DEC(128)
	GROUP(128, X6, X3, X4, X1, X2)
	DEC(144)
	GROUP(144, X3, X4, X5, X1, X2)
	VAESDECLAST 160(AX), X7, X7
	VAESDECLAST 160(AX), X8, X8
	VAESDECLAST 160(AX), X9, X9
	VAESDECLAST 160(AX), X10, X10
	GROUP(160, X4, X5, X6, X1, X2)
	VPXOR -16(SI), X7, X7
	VPXOR (SI), X8, X8
	VPXOR 16(SI), X9, X9
	VPXOR 32(SI), X10, X10
	GROUP(176, X5, X6, X3, X1, X2)
	VMOVDQU X7, (DI)
	VMOVDQU X8, 16(DI)
	VMOVDQU X9, 32(DI)
	VMOVDQU X10, 48(DI)
	GROUP(192, X6, X3, X4, X1, X2)
	ROUNDS(208, X4, X1, X2)
	SCHEDULE(X3, X4, X5)
	ROUNDS(224, X5, X1, X2)
	SCHEDULE(X4, X5, X6)
	ROUNDS(240, X6, X1, X2)
	ADDUP(DX, X1, X2)
	ADDQ $64, R8
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  loop
	RET
