// Checks a folder that holds a ledger as its relay serves it, with code that is not ours: golang.org/x/mod/sumdb (note, tlog).
//
//	verify FOLDER
//
// FOLDER/operator      the operator's verifier key (C2SP signed-note)
// FOLDER/checkpoints/N the checkpoint at N entries
// FOLDER/tile/…        tiles and entry bundles, at their paths (C2SP tlog-tiles)
// FOLDER/proofs        lines of ours: "inclusion INDEX SIZE hash…" and "consistency OLD NEW hash…", hashes in hex
//
// Prints what it counted. Ends with 1 and a sentence at the first thing that does not hold.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

var folder string

func main() {
	folder = os.Args[1]
	key, err := note.NewVerifier(strings.TrimSpace(string(read("operator"))))
	must(err, "the verifier key")
	names, err := filepath.Glob(filepath.Join(folder, "checkpoints", "*"))
	must(err, "the list of checkpoints")
	trees := map[int64]tlog.Tree{}
	for _, name := range names {
		size, err := strconv.ParseInt(filepath.Base(name), 10, 64)
		must(err, "a checkpoint's name")
		trees[size] = checkpoint(key, size)
	}
	tiles := 0
	for _, tree := range trees {
		tiles += whole(tree)
	}
	inclusions, consistencies := proofs(trees)
	fmt.Printf("%d checkpoints, %d tiles, %d inclusion proofs, %d consistency proofs\n", len(trees), tiles, inclusions, consistencies)
}

// checkpoint opens the signed note and reads its three lines.
func checkpoint(key note.Verifier, size int64) tlog.Tree {
	signed := read("checkpoints/" + strconv.FormatInt(size, 10))
	opened, err := note.Open(signed, note.VerifierList(key))
	must(err, "the note of a checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != key.Name() || lines[1] != strconv.FormatInt(size, 10) || lines[3] != "" {
		fail("a checkpoint has not the three lines that it should have")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err, "a checkpoint's root")
	if len(root) != tlog.HashSize {
		fail("a checkpoint's root is not a hash")
	}
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], root)
	return tree
}

// whole builds the tree again from the entries, and compares its root and each of its tiles.
func whole(tree tlog.Tree) int {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, 0, len(indexes))
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for index, entry := range entries(tree.N) {
		hashes, err := tlog.StoredHashes(int64(index), entry, reader)
		must(err, "an entry's hashes")
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	must(err, "the root")
	if tree.N == 0 {
		// RFC 6962 §2.1; this version of x/mod has no hash for an empty tree.
		root = sha256.Sum256(nil)
	}
	if root != tree.Hash {
		fail("the entries do not lead to the signed root")
	}
	tiles := 0
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		// NewTiles names every width that a growing log passes through; of the last tile of a level, one is this tree's.
		there := tree.N>>(height*tile.L) - tile.N<<height
		if int64(tile.W) != there && tile.W != 1<<height {
			continue
		}
		tiles++
		expected, err := tlog.ReadTileData(tile, reader)
		must(err, "a tile")
		if !bytes.Equal(expected, read(path(tile))) {
			fail("a tile is not what the entries lead to")
		}
	}
	return tiles
}

// entries reads the bundles: each entry behind its length.
func entries(size int64) [][]byte {
	var all [][]byte
	for number := int64(0); int64(len(all)) < size; number++ {
		width := size - number*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: height, L: 0, N: number, W: int(width)}
		bundle := read(strings.Replace(path(tile), "tile/0/", "tile/entries/", 1))
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(bundle[0])<<8+int(bundle[1]) {
				fail("a bundle is cut short")
			}
			end := 2 + int(bundle[0])<<8 + int(bundle[1])
			all = append(all, bundle[2:end])
			bundle = bundle[end:]
		}
		if len(bundle) != 0 {
			fail("a bundle has more than its entries")
		}
	}
	return all
}

// proofs checks our proofs against the checkpoints, with leaves and tiles that TileHashReader authenticates; and makes the same ones.
func proofs(trees map[int64]tlog.Tree) (inclusions, consistencies int) {
	for _, line := range strings.Split(strings.TrimSpace(string(read("proofs"))), "\n") {
		words := strings.Fields(line)
		first, err := strconv.ParseInt(words[1], 10, 64)
		must(err, "a proof's first number")
		second, err := strconv.ParseInt(words[2], 10, 64)
		must(err, "a proof's second number")
		tree := trees[second]
		tiles := tlog.TileHashReader(tree, served{})
		shown := hashes(words[3:])
		switch words[0] {
		case "inclusion":
			leaf, err := tiles.ReadHashes([]int64{tlog.StoredHashIndex(0, first)})
			must(err, "a leaf from the tiles")
			must(tlog.CheckRecord(tlog.RecordProof(shown), tree.N, tree.Hash, first, leaf[0]), "an inclusion proof")
			made, err := tlog.ProveRecord(tree.N, first, tiles)
			must(err, "making an inclusion proof")
			same(made, shown)
			inclusions++
		case "consistency":
			must(tlog.CheckTree(tlog.TreeProof(shown), tree.N, tree.Hash, first, trees[first].Hash), "a consistency proof")
			made, err := tlog.ProveTree(tree.N, first, tiles)
			must(err, "making a consistency proof")
			same(made, shown)
			consistencies++
		default:
			fail("a proof of an unknown kind")
		}
	}
	return
}

// served reads tiles as a client would, from their paths.
type served struct{}

func (served) Height() int { return height }

func (served) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		all = append(all, read(path(tile)))
	}
	return all, nil
}

func (served) SaveTiles([]tlog.Tile, [][]byte) {}

// path is C2SP's: x/mod's has the height before the level.
func path(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
}

func hashes(words []string) []tlog.Hash {
	all := make([]tlog.Hash, 0, len(words))
	for _, word := range words {
		bytes, err := hex.DecodeString(word)
		must(err, "a hash of a proof")
		var hash tlog.Hash
		if copy(hash[:], bytes) != tlog.HashSize || len(bytes) != tlog.HashSize {
			fail("a hash of a proof has another length")
		}
		all = append(all, hash)
	}
	return all
}

func same(made, shown []tlog.Hash) {
	if len(made) != len(shown) {
		fail("a proof has more or fewer hashes than x/mod gives it")
	}
	for i := range made {
		if made[i] != shown[i] {
			fail("a proof has other hashes than x/mod gives it")
		}
	}
}

func read(name string) []byte {
	content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
	must(err, "a file of the ledger")
	return content
}

func must(err error, what string) {
	if err != nil {
		fail(what + ": " + err.Error())
	}
}

func fail(why string) {
	fmt.Println("refused: " + why)
	os.Exit(1)
}
