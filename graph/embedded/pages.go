package embedded

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
)

// The layout of a bbolt file, as far as it is needed to tell that it is whole: two meta pages, of
// which the newer counts, and a tree of pages a bucket. Numbers are in the order of the machine.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	metaAt, metaSum = 16, 56 // where the meta begins in its page, and its checksum in the meta

	headerSize, elementSize = 16, 16

	branchPage, leafPage, freelistPage = 1, 2, 0x10

	bucketElement, bucketHeader = 1, 16

	noFreelist = ^uint64(0)
)

var order = binary.NativeEndian

// verifyPages looks at every page that a bbolt file uses. bbolt trusts what it maps: in a damaged
// file it would fault, or write over pages that are in use.
func verifyPages(data []byte) error {
	m, err := newerMeta(data)
	if err != nil {
		return err
	}
	p := &pages{data: data, size: m.pageSize, top: m.top, used: map[uint64]bool{0: true, 1: true}}
	if m.top > uint64(len(data))/m.pageSize {
		return errors.New("it is cut short")
	}
	if err := p.freelist(m); err != nil {
		return err
	}
	return p.tree(m.root, nil, nil)
}

type meta struct {
	pageSize, root, freelist, top, transaction uint64
}

// newerMeta wants both meta pages whole: behind a damaged one, the other is an older state.
func newerMeta(data []byte) (meta, error) {
	first, err := readMeta(data)
	if err != nil {
		return meta{}, err
	}
	if first.pageSize < 512 || first.pageSize > uint64(len(data)) {
		return meta{}, errors.New("it is cut short")
	}
	second, err := readMeta(data[first.pageSize:])
	if err != nil {
		return meta{}, err
	}
	if second.transaction > first.transaction {
		return second, nil
	}
	return first, nil
}

func readMeta(page []byte) (meta, error) {
	if len(page) < metaAt+metaSum+8 {
		return meta{}, errors.New("it is cut short")
	}
	m := page[metaAt:]
	sum := fnv.New64a()
	sum.Write(m[:metaSum])
	if order.Uint32(m) != boltMagic || order.Uint32(m[4:]) != boltVersion || order.Uint64(m[metaSum:]) != sum.Sum64() {
		return meta{}, errors.New("its first pages are damaged")
	}
	return meta{
		pageSize: uint64(order.Uint32(m[8:])), root: order.Uint64(m[16:]),
		freelist: order.Uint64(m[32:]), top: order.Uint64(m[40:]), transaction: order.Uint64(m[48:]),
	}, nil
}

type pages struct {
	data      []byte
	size, top uint64
	used      map[uint64]bool
}

// page is the bytes of a page and of those that continue it; each page is used once.
func (p *pages) page(id uint64) ([]byte, error) {
	if id < 2 || id >= p.top {
		return nil, fmt.Errorf("page %d does not exist", id)
	}
	header := p.data[id*p.size:]
	last := id + uint64(order.Uint32(header[12:]))
	if order.Uint64(header) != id || last >= p.top {
		return nil, fmt.Errorf("page %d is damaged", id)
	}
	for i := id; i <= last; i++ {
		if p.used[i] {
			return nil, fmt.Errorf("page %d is used twice", i)
		}
		p.used[i] = true
	}
	return p.data[id*p.size : (last+1)*p.size], nil
}

// freelist: the store keeps none in the file. A file that was only just made has an empty one.
func (p *pages) freelist(m meta) error {
	if m.freelist == noFreelist {
		return nil
	}
	page, err := p.page(m.freelist)
	if err != nil {
		return err
	}
	if order.Uint16(page[8:]) != freelistPage || order.Uint16(page[10:]) != 0 {
		return errors.New("another program wrote it")
	}
	return nil
}

// tree looks at a page and all below it. Its keys are not before low and come before high, where
// these are not nil.
func (p *pages) tree(id uint64, low, high []byte) error {
	page, err := p.page(id)
	if err != nil {
		return err
	}
	if order.Uint16(page[8:]) == branchPage {
		err = p.branch(page, low, high)
	} else {
		err = p.leaf(page, low, high)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

func (p *pages) branch(page, low, high []byte) error {
	elements, err := elementsOf(page)
	if err != nil || len(elements) == 0 {
		return errors.Join(err, errors.New("it leads nowhere"))
	}
	keys := make([][]byte, len(elements))
	for i, e := range elements {
		if keys[i], err = part(e, order.Uint32(e), order.Uint32(e[4:])); err != nil {
			return err
		}
	}
	if err := ordered(keys, low, high); err != nil {
		return err
	}
	for i, e := range elements {
		next := high
		if i+1 < len(keys) {
			next = keys[i+1]
		}
		if err := p.tree(order.Uint64(e[8:]), keys[i], next); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) leaf(page, low, high []byte) error {
	if order.Uint16(page[8:]) != leafPage {
		return errors.New("it is of no known kind")
	}
	elements, err := elementsOf(page)
	if err != nil {
		return err
	}
	keys := make([][]byte, len(elements))
	for i, e := range elements {
		at, keySize, valueSize := order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
		if keys[i], err = part(e, at, keySize); err != nil {
			return err
		}
		value, err := part(e, at+keySize, valueSize)
		if err != nil {
			return err
		}
		if order.Uint32(e) == bucketElement {
			err = p.bucket(value)
		}
		if err != nil {
			return err
		}
	}
	return ordered(keys, low, high)
}

// bucket looks at a bucket: a small one is a leaf inside the value, others have a tree of their own.
func (p *pages) bucket(value []byte) error {
	if len(value) < bucketHeader {
		return errors.New("a bucket is cut short")
	}
	if root := order.Uint64(value); root != 0 {
		return p.tree(root, nil, nil)
	}
	inside := value[bucketHeader:]
	if len(inside) < headerSize {
		return errors.New("a bucket is cut short")
	}
	return p.leaf(inside, nil, nil)
}

// elementsOf are the elements of a page, each with all that follows it.
func elementsOf(page []byte) ([][]byte, error) {
	count := int(order.Uint16(page[10:]))
	if headerSize+count*elementSize > len(page) {
		return nil, errors.New("it has more elements than fit")
	}
	elements := make([][]byte, count)
	for i := range elements {
		elements[i] = page[headerSize+i*elementSize:]
	}
	return elements, nil
}

func part(element []byte, at, length uint32) ([]byte, error) {
	end := uint64(at) + uint64(length)
	if end > uint64(len(element)) {
		return nil, errors.New("an element reaches beyond it")
	}
	return element[at:end], nil
}

func ordered(keys [][]byte, low, high []byte) error {
	for i, key := range keys {
		if i > 0 && bytes.Compare(keys[i-1], key) >= 0 || bytes.Compare(key, low) < 0 || high != nil && bytes.Compare(key, high) >= 0 {
			return errors.New("its keys are not in order")
		}
	}
	return nil
}
