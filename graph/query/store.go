package query

import "context"

// Store holds a graph. Its methods may be called concurrently.
//
// What a store cannot do for a reason that is the caller's to know, such as a deadline, it reports
// as an *Error with a Code; any other error is the operator's, and is not shown to callers.
type Store interface {
	// Select answers a query: one Row with a value per column. It uses at most one round trip. What
	// one call reads is a short window, not a snapshot, where the store says so.
	Select(ctx context.Context, q *Query) (Row, error)
	// Merged says of those ids that are NodeFormerIDs of which nodes: by the former id, the id of the node. It
	// is nil if none is.
	Merged(ctx context.Context, ids []string) (map[string]string, error)
	// Update runs f in a transaction: nobody else writes meanwhile, and f reads what it has written. When
	// Update returns nil, what was written is durable and in the log; with an error, also one of f, nothing
	// was written, but for the code Uncertain. f may be run again from its start, so it has no other effect.
	Update(ctx context.Context, f func(Tx) error) error
	// Changes reads the log: at most limit entries after a sequence number, in their order. What does
	// not fit the model, having been written under another, is refused with the code Misfit.
	Changes(ctx context.Context, after int64, limit int) ([]Entry, error)
	// Heads is Changes without what was changed: it takes little, however large the changes are.
	Heads(ctx context.Context, after int64, limit int) ([]Head, error)
	// Parts reads some entries of the log in their order, of each only Entry.Of some nodes.
	Parts(ctx context.Context, sequences []int64, nodes map[string]bool) ([]Entry, error)
	// Wait waits until the log goes beyond a sequence number, whoever writes it, and answers that of its
	// last entry. With a negative number it answers at once; 0 stands for an empty log. Changes and Heads may
	// need a moment more until they have the entry.
	Wait(ctx context.Context, after int64) (last int64, err error)
	// Contents says what the graph was made from; nil if the store is empty.
	Contents(ctx context.Context) (*Contents, error)
	// Ready is nil while the store can answer.
	Ready(ctx context.Context) error
	// Close releases what the store holds. No method may be called after.
	Close() error
}

// Contents says what a stored graph was made from.
type Contents struct {
	// Dataset is the fingerprint of the data it was loaded from.
	Dataset string
	// Schema is the Fingerprint of the Model it was written under.
	Schema string
}

// Error is an error that may be shown: Code for machines, Message for people; Cause is for the log.
type Error struct {
	Code    string
	Message string
	Cause   error
}

// The codes of store errors.
const (
	// Unavailable: the store cannot be reached or is not ready; the same request may succeed later.
	Unavailable = "UNAVAILABLE"
	// Timeout: the store did not answer in the time given.
	Timeout = "TIMEOUT"
	// Misfit: the stored data does not fit the schema.
	Misfit = "DATA_DOES_NOT_FIT"
	// Uncertain: the store was lost while it confirmed a change, which it may have made or not.
	Uncertain = "OUTCOME_UNCERTAIN"
	// Foreign: what was found is no store of this program, or is damaged.
	Foreign = "FOREIGN_STORE"
)

func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.Cause.Error()
}

func (e *Error) Unwrap() error { return e.Cause }
