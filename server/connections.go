package main

import "context"

// connections are those that stay open: sockets and event streams. There are not more than so many, and
// they end with the server.
type connections struct {
	places chan struct{}
	ending context.Context
	// end ends those that are open, and lets no more in.
	end context.CancelFunc
}

func newConnections(most int) *connections {
	ending, end := context.WithCancel(context.Background())
	return &connections{places: make(chan struct{}, most), ending: ending, end: end}
}

// enter answers whether there is a place, which leave gives back.
func (c *connections) enter() bool {
	if c.ending.Err() != nil {
		return false
	}
	select {
	case c.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (c *connections) leave() { <-c.places }

// wait waits, after end, until all have left or the context is over.
func (c *connections) wait(ctx context.Context) error {
	for range cap(c.places) {
		select {
		case c.places <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
