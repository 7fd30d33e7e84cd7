package main

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of answers. In the first, which is the older one, a refused operation has the status 200.
const (
	plainJSON   = "application/json"
	graphqlJSON = "application/graphql-response+json"
	eventStream = "text/event-stream"
)

// negotiate chooses, of some media types, the one that the client likes best; of two liked the same,
// the one it names more exactly or first. If it accepts none, the first is chosen all the same.
func negotiate(header http.Header, offers ...string) (mediaType string, acceptable bool) {
	accept := strings.Join(header.Values("Accept"), ",")
	if strings.TrimSpace(accept) == "" {
		return offers[0], true
	}
	ranges := mediaRanges(accept)
	best := preference{mediaType: offers[0]}
	for _, offer := range offers {
		if p := prefer(offer, ranges); p.better(best) {
			best = p
		}
	}
	return best.mediaType, best.quality > 0
}

// preference is how much a client likes a media type, or a range of them.
type preference struct {
	mediaType string
	profile   string
	quality   float64
	exactness int
	position  int
}

func (p preference) better(q preference) bool {
	if p.quality != q.quality {
		return p.quality > q.quality
	}
	if p.exactness != q.exactness {
		return p.exactness > q.exactness
	}
	return p.position < q.position
}

// prefer finds the most exact range for a media type: that one decides, even if a wider one likes it better.
func prefer(mediaType string, ranges []preference) preference {
	best := preference{mediaType: mediaType}
	for _, r := range ranges {
		if r.matches(mediaType) && r.exactness > best.exactness {
			best.quality, best.exactness, best.position = r.quality, r.exactness, r.position
		}
	}
	return best
}

// matches is whether a range has a media type in it. One without a profile takes any.
func (p preference) matches(offer string) bool {
	mediaType, parameters, _ := mime.ParseMediaType(offer)
	if p.profile != "" && p.profile != parameters["profile"] {
		return false
	}
	wide, isWide := strings.CutSuffix(p.mediaType, "*")
	return p.mediaType == mediaType || p.mediaType == "*/*" || isWide && strings.HasPrefix(mediaType, wide)
}

// mediaRanges reads an Accept header. What cannot be read, or wants another charset, is left out.
func mediaRanges(accept string) []preference {
	var ranges []preference
	for position, text := range strings.Split(accept, ",") {
		mediaRange, parameters, err := mime.ParseMediaType(text)
		if err != nil || !isUTF8(parameters["charset"]) {
			continue
		}
		r := preference{mediaType: mediaRange, profile: parameters["profile"], quality: 1, exactness: 3 - strings.Count(mediaRange, "*"), position: position}
		if r.profile != "" {
			r.exactness++
		}
		if q, given := parameters["q"]; given {
			if r.quality, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		ranges = append(ranges, r)
	}
	return ranges
}
