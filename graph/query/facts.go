package query

// Positions of the properties that every node has. The names in all languages and spellings are
// parallel lists, because Neo4j stores no maps.
const (
	NodeID = iota
	// NodeName is the Vietnamese main name, or, where there is none, the best there is.
	NodeName
	// NodeNameTexts, NodeNameLanguages and NodeNameKinds hold every name; one position, one name.
	NodeNameTexts
	NodeNameLanguages
	NodeNameKinds
	// NodeNameSpelled and NodeNameFolded hold, per name, its words as package text writes them, with
	// diacritics and without: what name conditions are tested on.
	NodeNameSpelled
	NodeNameFolded
	NodeNote
	// NodeFormerIDs holds the ids of nodes that were merged into this one: they stand for it. None is the id
	// of a node, or stands for two.
	NodeFormerIDs
	// NodeVersion is the Sequence of the change that made the node what it is, see Change.
	NodeVersion
	NodeFacts // the first of the facts, see FactValidFrom
)

// Positions of the properties that every relationship has.
const (
	LinkID    = iota
	LinkFacts // the first of the facts, see FactValidFrom
)

// Positions of the facts, counted from NodeFacts or LinkFacts.
const (
	FactValidFrom = iota
	FactValidTo
	FactValidFromPrecision
	FactValidToPrecision
	FactStatedOn
	FactStatedOnPrecision
	// FactCertainFrom and FactCertainTo are derived from the dates and their precisions when a fact
	// is written: it is certainly in force on d if certainFrom <= d and (certainTo is nil or d <= certainTo).
	FactCertainFrom
	FactCertainTo
	FactConfidence
	FactEvidence
	// FactMarking is a Clearance as int64 and always stored: a fact without it is shown to nobody.
	FactMarking
	// FactSources is the list of the ids of the sources.
	FactSources
	// FactLocator is the list of the places in the sources that say so.
	FactLocator
)

// Clearance says who may see a fact: a reader sees what is marked up to their own clearance.
type Clearance int64

// The clearances, lowest first. What is not marked is Public.
const (
	Public Clearance = iota
	Internal
	Confidential
	Secret
)

// Clearances are the names of the clearances, by their number.
var Clearances = []string{"PUBLIC", "INTERNAL", "CONFIDENTIAL", "SECRET"}

// Languages are the codes of the languages in which names may be.
var Languages = []string{"vi", "en", "lo", "km", "zh", "fr", "es", "ja", "de", "bn", "ar"}

var precisions = []string{"DAY", "MONTH", "YEAR", "UNKNOWN"}

func facts() []*Property {
	return []*Property{
		{Name: "validFrom", Kind: Date},
		{Name: "validTo", Kind: Date},
		{Name: "validFromPrecision", Kind: Enum, Values: precisions},
		{Name: "validToPrecision", Kind: Enum, Values: precisions},
		{Name: "statedOn", Kind: Date},
		{Name: "statedOnPrecision", Kind: Enum, Values: precisions},
		{Name: "certainFrom", Kind: Date},
		{Name: "certainTo", Kind: Date},
		{Name: "confidence", Kind: Enum, Values: []string{"HIGH", "MEDIUM", "LOW"}},
		{Name: "evidence", Kind: Enum, Values: []string{"STATED", "INHERITED", "DERIVED"}},
		{Name: "marking", Kind: Int, Required: true},
		{Name: "sources", Kind: String, List: true},
		{Name: "locator", Kind: String, List: true},
	}
}

// NodeProperties are the properties that every node has, by position. One value serves all types.
var NodeProperties, _ = number(nil, append([]*Property{
	{Name: "id", Kind: String, Required: true},
	{Name: "name", Kind: String, Required: true},
	{Name: "nameTexts", Kind: String, List: true, Required: true},
	{Name: "nameLanguages", Kind: String, List: true, Required: true},
	{Name: "nameKinds", Kind: String, List: true, Required: true},
	{Name: "nameSpelled", Kind: String, List: true, Required: true},
	{Name: "nameFolded", Kind: String, List: true, Required: true},
	{Name: "note", Kind: String},
	{Name: "formerIds", Kind: String, List: true},
	{Name: "version", Kind: Int},
}, facts()...))

// LinkProperties are the properties that every relationship has, by position. One value serves all.
var LinkProperties, _ = number(nil, append([]*Property{
	{Name: "id", Kind: String, Required: true},
}, facts()...))
