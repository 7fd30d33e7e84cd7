package cypher

import (
	"strconv"

	"bordergraph/graph/query"
)

// frame holds the variables of the members of one set. A set inside a set has variables of its own,
// told apart by depth, because a subquery sees those around it.
type frame struct {
	depth     int
	variables [4]string // by query.Subject
	// Of each subject there is either, by query.Subject.
	types         [4][]*query.Type
	relationships [4][]*query.Relationship
	// moments are those of which the Link is one. If there is only one, it has no variable.
	moments []query.Moment
	// keys are the variables of a group.
	keys []string
	// lasts is the variable that says whether the Node lasts, where what is linked to it depends on that; else empty.
	lasts string
}

var root = frame{depth: -1}

var prefixes = [4]string{query.Node: "n", query.Link: "r", query.Via: "m", query.ViaLink: "q"}

func (f frame) inner() frame { return frame{depth: f.depth + 1} }

// node gives a subject its variable, of a node of one of some types.
func (f *frame) node(subject query.Subject, types []*query.Type) string {
	f.types[subject] = types
	return f.declare(subject)
}

// link gives a subject its variable, of one of some relationships.
func (f *frame) link(subject query.Subject, relationships ...*query.Relationship) string {
	f.relationships[subject] = relationships
	return f.declare(subject)
}

func (f *frame) declare(subject query.Subject) string {
	f.variables[subject] = prefixes[subject] + strconv.Itoa(f.depth)
	return f.variables[subject]
}

// atVia is the frame in which the node in the middle is the Node.
func (f frame) atVia() frame {
	via := frame{depth: f.depth}
	via.variables[query.Node] = f.variables[query.Via]
	via.types[query.Node] = f.types[query.Via]
	return via
}

func (f frame) property(of query.Subject, p *query.Property) string {
	if of == query.Link && len(f.moments) == 1 {
		return f.momentProperty(p)
	}
	return property(f.variables[of], p)
}

// always says whether every member has a value for the property.
func (f frame) always(of query.Subject, p *query.Property) bool {
	if of == query.Link && len(f.moments) > 0 {
		return p.Required
	}
	for _, t := range f.types[of] {
		if own := t.Property(p.Name); own == nil || !own.Required {
			return false
		}
	}
	for _, r := range f.relationships[of] {
		if own := r.Property(p.Name); own == nil || !own.Required {
			return false
		}
	}
	return true
}

// names are the declared variables, for a WITH.
func (f frame) names() []string {
	var names []string
	for _, v := range f.variables {
		if v != "" {
			names = append(names, v)
		}
	}
	return names
}

func property(variable string, p *query.Property) string { return variable + "." + quote(p.Name) }
