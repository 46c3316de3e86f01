package fernet

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// tokenFiles makes every file of testdata/tokens, by name.
func tokenFiles() map[string]tokenFile {
	secret := base64.URLEncoding.EncodeToString(testSecret[:])
	files := map[string]tokenFile{}
	add := func(name, expect, comment string, token []byte) {
		if _, taken := files[name]; taken {
			panic(name)
		}
		files[name] = tokenFile{expect, secret, comment, token}
	}
	addText(add)
	addFrame(add)
	addContent(add)

	other := testSecret
	other[0] ^= 1
	add("key_other_signing", "authentication", "one bit of the signing half differs", sealed(&other, version, "hello"))
	other = testSecret
	other[31] ^= 1
	add("key_other_encryption", "padding", "authentic, encrypted under another key, and so deciphers to noise", mixed(&other))
	return files
}

// sealed pads a plaintext rightly and seals it.
func sealed(secret *[32]byte, first byte, plain string) []byte {
	pad := blockLen - len(plain)%blockLen
	return seal(secret, first, append([]byte(plain), bytes.Repeat([]byte{byte(pad)}, pad)...))
}

// mixed is signed with the test secret and encrypted with another.
func mixed(other *[32]byte) []byte {
	secret := *other
	copy(secret[:16], testSecret[:16])
	return sealed(&secret, version, "hello")
}

type adder func(name, expect, comment string, token []byte)

// addText adds what is wrong in the text: one frame has one text.
func addText(add adder) {
	good := sealed(&testSecret, version, "hello")        // 73 bytes, ends in ==
	sixteen := sealed(&testSecret, version, "sixteen 1") // the same length
	two := sealed(&testSecret, version, strings.Repeat("x", 20))
	three := sealed(&testSecret, version, strings.Repeat("x", 40))
	put := func(token []byte, at int, s string) []byte {
		return slices.Concat(token[:at], []byte(s), token[at:])
	}
	set := func(token []byte, at int, b byte) []byte {
		token = bytes.Clone(token)
		token[(at+len(token))%len(token)] = b
		return token
	}
	add("good_two_pads", "success", "a good token of 73 bytes", good)
	add("good_one_pad", "success", "a good token of 89 bytes", two)
	add("good_no_pad", "success", "a good token of 105 bytes", three)
	add("good_other_plaintext", "success", "a good token", sixteen)

	add("text_lf_end", "encoding", "line feed at the end", put(good, len(good), "\n"))
	add("text_crlf_end", "encoding", "carriage return and line feed at the end", put(good, len(good), "\r\n"))
	add("text_lf_front", "encoding", "line feed in front", put(good, 0, "\n"))
	add("text_lf_inside", "encoding", "line feed inside", put(good, 50, "\n"))
	add("text_four_lf_inside", "encoding", "four line feeds, which keep the length a multiple of four", put(good, 48, "\n\n\n\n"))
	add("text_four_cr_end", "encoding", "four carriage returns at the end", put(good, len(good), "\r\r\r\r"))
	add("text_space_inside", "encoding", "four spaces inside", put(good, 48, "    "))
	add("text_wrapped", "encoding", "wrapped after 76 characters as in mail", put(good, 76, "\r\n"))
	add("text_nul_end", "encoding", "four NUL at the end", put(good, len(good), "\x00\x00\x00\x00"))
	add("text_bom", "encoding", "byte order mark in front", put(good, 0, "\xef\xbb\xbf"))
	add("text_quoted", "encoding", "in quotation marks", slices.Concat([]byte(`"`), good, []byte(`"`)))
	add("text_high_bit", "encoding", "high bit set on a character", set(good, 40, good[40]|0x80))
	add("text_percent", "encoding", "padding percent-encoded", bytes.ReplaceAll(good, []byte("="), []byte("%3D")))

	add("pad_one_missing", "encoding", "one of two padding characters missing", good[:len(good)-1])
	add("pad_both_missing", "encoding", "both padding characters missing", good[:len(good)-2])
	add("pad_missing_of_one", "encoding", "the only padding character missing", two[:len(two)-1])
	add("pad_one_more", "encoding", "a padding character too many", put(good, len(good), "="))
	add("pad_four_more", "encoding", "four padding characters too many", put(three, len(three), "===="))
	add("pad_three", "encoding", "a group with three padding characters", set(good, -3, '='))
	add("pad_inside", "encoding", "padding inside the text", set(set(good, 46, '='), 47, '='))
	add("pad_front", "encoding", "padding in front", put(good, 0, "===="))

	add("bits_two_pads", "encoding", "an unused bit is set, two padding characters", set(good, -3, next(good[len(good)-3])))
	add("bits_one_pad", "encoding", "an unused bit is set, one padding character", set(two, -2, next(two[len(two)-2])))

	add("alphabet_slash_front", "encoding", "'/' of the standard alphabet where long texts are decoded by vectors", set(three, 4, '/'))
	add("alphabet_slash_end", "encoding", "'/' of the standard alphabet in the last group", set(three, -1, '/'))
	add("alphabet_plus_front", "encoding", "'+' of the standard alphabet where long texts are decoded by vectors", set(three, 4, '+'))
	add("alphabet_plus_end", "encoding", "'+' of the standard alphabet in the last group", set(three, -1, '+'))
	add("alphabet_standard", "encoding", "all of it in the standard alphabet", standardAlphabet())

	add("trailing_group", "authentication", "a ciphertext block more, as 'A's behind the token", put(three, len(three), strings.Repeat("A", 64)))
	add("trailing_junk", "encoding", "junk behind the token", put(good, len(good), "%%%%"))
	add("trailing_glued", "encoding", "two tokens, one behind the other", slices.Concat(good, good))
	add("trailing_letters", "encoding", "'AAAA' behind the padding", put(good, len(good), "AAAA"))
}

// next returns the letter behind one of base64: the same bits but the last.
func next(letter byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, letter)+1]
}

// standardAlphabet is a token which differs between the two alphabets.
func standardAlphabet() []byte {
	for n := 0; ; n++ {
		token := sealed(&testSecret, version, fmt.Sprint("attempt ", n))
		if bytes.ContainsAny(token, "-_") {
			token = bytes.ReplaceAll(token, []byte("-"), []byte("+"))
			return bytes.ReplaceAll(token, []byte("_"), []byte("/"))
		}
	}
}

// addFrame adds authentic frames which are too short or of another version.
func addFrame(add adder) {
	header := append([]byte{version}, bytes.Repeat([]byte{0}, headerLen-1)...)
	add("frame_no_text", "too short", "no text at all", nil)
	add("frame_version_only", "too short", "the version byte and an HMAC", sign(&testSecret, header[:1]))
	add("frame_no_iv", "too short", "the header without its IV, and an HMAC", sign(&testSecret, header[:ivOffset]))
	add("frame_half_iv", "too short", "the header with half of its IV, and an HMAC", sign(&testSecret, header[:ivOffset+8]))
	add("frame_one_byte_short", "too short", "the header but its last byte, and an HMAC", sign(&testSecret, header[:headerLen-1]))
	add("frame_only_hmac", "too short", "the HMAC of nothing", sign(&testSecret, nil))
	add("frame_no_ciphertext", "length", "the whole header, no ciphertext, and an HMAC", sign(&testSecret, header))
	for _, n := range []int{1, 8, 15, 17, 31} {
		add(fmt.Sprintf("frame_ciphertext_%d", n), "length", fmt.Sprintf("%d bytes of ciphertext, and an HMAC", n),
			sign(&testSecret, append(bytes.Clone(header), make([]byte, n)...)))
	}
	for _, v := range []byte{0x00, 0x01, 0x7f, 0x81, 0x90, 0xff} {
		add(fmt.Sprintf("version_%02x", v), "version", "an authentic token of another version", sealed(&testSecret, v, "hello"))
	}
}

// addContent adds tokens whose text and frame are right.
func addContent(add adder) {
	block := func(last ...byte) []byte {
		return append(bytes.Repeat([]byte{'x'}, blockLen-len(last)), last...)
	}
	add("padding_zero", "padding", "last byte 0", seal(&testSecret, version, block(0)))
	add("padding_17", "padding", "last byte 17, more than a block", seal(&testSecret, version, bytes.Repeat([]byte{17}, 2*blockLen)))
	add("padding_32", "padding", "two blocks of padding", seal(&testSecret, version, bytes.Repeat([]byte{32}, 2*blockLen)))
	add("padding_255", "padding", "last byte 255", seal(&testSecret, version, block(255)))
	add("padding_first_wrong", "padding", "the first of four padding bytes is 3", seal(&testSecret, version, block(3, 4, 4, 4)))
	add("padding_middle_wrong", "padding", "the second of four padding bytes is 0", seal(&testSecret, version, block(4, 0, 4, 4)))
	add("padding_iso10126", "padding", "padding of random bytes but the last", seal(&testSecret, version, block(9, 7, 1, 4)))
	add("padding_ansi", "padding", "padding of zeros but the last", seal(&testSecret, version, block(0, 0, 0, 4)))
	add("padding_whole_block_wrong", "padding", "a block of padding which starts with 15", seal(&testSecret, version, append(block(), append([]byte{15}, bytes.Repeat([]byte{16}, 15)...)...)))
	add("good_whole_block", "success", "a block of nothing but padding", seal(&testSecret, version, append(block(), bytes.Repeat([]byte{16}, 16)...)))
	add("good_padding_not_looked_behind", "success", "plaintext which ends like its padding", seal(&testSecret, version, block(2, 2, 2, 2)))

	flips := []struct {
		name    string
		at      int
		comment string
	}{
		{"time", timeOffset + 7, "a bit of the time is flipped"},
		{"iv", ivOffset, "a bit of the IV is flipped, and so of the plaintext"},
		{"ciphertext", headerLen + 3, "a bit of the ciphertext is flipped"},
		{"hmac_first", -tagLen, "the first bit of the HMAC is flipped"},
		{"hmac_last", -1, "the last bit of the HMAC is flipped"},
	}
	for _, flip := range flips {
		raw, _ := base64.URLEncoding.DecodeString(string(sealed(&testSecret, version, "hello")))
		raw[(flip.at+len(raw))%len(raw)] ^= 1
		add("flip_"+flip.name, "authentication", flip.comment, base64.URLEncoding.AppendEncode(nil, raw))
	}
	raw, _ := base64.URLEncoding.DecodeString(string(sealed(&testSecret, version, strings.Repeat("x", 40))))
	encode := func(parts ...[]byte) []byte { return base64.URLEncoding.AppendEncode(nil, slices.Concat(parts...)) }
	add("block_dropped", "authentication", "the first ciphertext block is missing", encode(raw[:headerLen], raw[headerLen+blockLen:]))
	add("block_swapped", "authentication", "the first two ciphertext blocks are swapped", encode(raw[:headerLen], raw[headerLen+16:headerLen+32], raw[headerLen:headerLen+16], raw[headerLen+32:]))
	add("hmac_zero", "authentication", "an HMAC of zeros", encode(raw[:len(raw)-tagLen], make([]byte, tagLen)))
	add("hmac_of_header", "authentication", "the HMAC is of the header alone", encode(raw[:len(raw)-tagLen], hmacOf(raw[:headerLen])))
}
