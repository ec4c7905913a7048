package input_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/input"
	"github.com/opsman-ca/opsman-ca/internal/setting"
)

// settings have a field of every kind.
type settings struct {
	Name    string          `json:"name" required:"true" example:"ca" doc:"what it is called"`
	Where   string          `json:"where" required:"elsewhere" example:"here" doc:"where it is"`
	Secret  string          `json:"secret" example:"((secret))" doc:"what no log may show"`
	Yes     bool            `json:"yes" default:"false" example:"true" doc:"whether"`
	Timeout input.Duration  `json:"timeout" example:"30s" doc:"how long"`
	Level   input.Level     `json:"level" example:"debug" doc:"how much"`
	List    []string        `json:"list" example:"[\"one\"]" doc:"which"`
	Numbers []int           `json:"numbers" example:"[41]" doc:"how many"`
	Part    json.RawMessage `json:"part" example:"{}" doc:"for later"`
	ignored int
}

// mapped has a part that decodes itself.
type mapped struct {
	Part part `json:"part" example:"((part))"`
}

type part struct {
	Text  string      `json:"text" empty:"absent" example:"a"`
	Truth input.Truth `json:"truth" empty:"absent" example:"true"`
}

// Decode implements input.Part.
func (p *part) Decode(raw []byte, at string) []error { return input.Decode(raw, at, p) }

func texts(problems []error) []string {
	all := []string{}
	for _, p := range problems {
		all = append(all, p.Error())
	}
	return all
}

var _ = Describe("Decode", func() {
	It("reads every kind of field", func() {
		var s settings
		Expect(input.Decode([]byte(` {"name":"a\u00e9","secret":"","yes":true,"timeout":"1h30m","level":"warn","list":["x","y"],"numbers":[3,4],"part":{"any":[1]}}`), "source", &s)).To(BeEmpty())
		Expect(s).To(Equal(settings{
			Name: "aé", Yes: true, Timeout: input.Duration(90 * time.Minute), Level: input.Level(slog.LevelWarn),
			List: []string{"x", "y"}, Numbers: []int{3, 4}, Part: json.RawMessage(`{"any":[1]}`),
		}))
	})

	DescribeTable("names what is wrong, what was expected, and an example",
		func(raw string, wanted ...string) {
			var s settings
			Expect(texts(input.Decode([]byte(raw), "source", &s))).To(Equal(wanted))
		},
		Entry("nothing", ``, "source.name is missing: what it is called, for example ca"),
		Entry("a list of strings for one of numbers", `{"name":"a","numbers":["3"]}`, "source.numbers is a list with a string in it: expected a list of whole numbers, for example [41]"),
		Entry("null", `null`, "source.name is missing: what it is called, for example ca"),
		Entry("an empty object", `{}`, "source.name is missing: what it is called, for example ca"),
		Entry("no object, a list", `[1]`, "source is a list: expected an object with keys"),
		Entry("no object, a string", `"geheim"`, "source is a string: expected an object with keys"),
		Entry("no object, a number", `-1`, "source is a number: expected an object with keys"),
		Entry("no object, a boolean", `false`, "source is a boolean: expected an object with keys"),
		Entry("garbage", `geheim`, "source is not JSON (line 1): expected one object with its keys in quotes"),
		Entry("an object without an end", `{"name":"a"`, "source is not JSON: it ends too early; expected one whole object"),
		Entry("an object that ends within a value", `{"name":"gehei`, "source is not JSON: it ends too early; expected one whole object"),
		Entry("an object that ends behind a key", `{"name"`, "source is not JSON: it ends too early; expected one whole object"),
		Entry("an object that ends behind a comma", `{"name":"a",`, "source is not JSON: it ends too early; expected one whole object"),
		Entry("text behind the object", `{"name":"a"} geheim`, "source is not JSON: something follows behind the object's end; expected one object and nothing else"),
		Entry("a second object", `{"name":"a"}{"name":"b"}`, "source is not JSON: something follows behind the object's end; expected one object and nothing else"),
		Entry("a key that is none", "{\n1:\"a\"}", "source is not JSON (line 2): expected one object with its keys in quotes"),
		Entry("null for a required key", `{"name":null}`, "source.name is null: expected a string, for example ca"),
		Entry("null for another key", `{"name":"a","secret":null}`, "source.secret is null: expected a string (or leave the key out), for example ((secret))"),
		Entry("null for a duration", `{"name":"a","timeout":null}`, "source.timeout is null: expected a string (or leave the key out), for example 30s"),
		Entry("null for a list", `{"name":"a","list":null}`, `source.list is null: expected a list of strings (or leave the key out), for example ["one"]`),
		Entry("null for a boolean", `{"name":"a","yes":null}`, "source.yes is null: expected true or false (or leave the key out), for example true"),
		Entry("a number for a string", `{"name":1234}`, "source.name is a number: expected a string, for example ca"),
		Entry("an object for a string", `{"name":{"a":"geheim"}}`, "source.name is an object: expected a string, for example ca"),
		Entry("a string for a boolean", `{"name":"a","yes":"true"}`, "source.yes is a string: expected true or false, for example true"),
		Entry("a number for a duration", `{"name":"a","timeout":30}`, "source.timeout is a number: expected a string, for example 30s"),
		Entry("a duration without a unit", `{"name":"a","timeout":"30"}`, `source.timeout "30" is not a duration: expected a positive number with a unit (s, m or h), for example 30s`),
		Entry("no duration at all", `{"name":"a","timeout":"0s"}`, `source.timeout "0s" is not a duration: expected a positive number with a unit (s, m or h), for example 30s`),
		Entry("a negative duration", `{"name":"a","timeout":"-5m"}`, `source.timeout "-5m" is not a duration: expected a positive number with a unit (s, m or h), for example 30s`),
		Entry("an unknown level", `{"name":"a","level":"INFO"}`, `source.level "INFO" is not a log level: expected debug, info, warn or error, for example debug`),
		Entry("a string for a list", `{"name":"a","list":"one"}`, `source.list is a string: expected a list of strings, for example ["one"]`),
		Entry("a list with something else in it", `{"name":"a","list":["one",null]}`, `source.list is a list with null in it: expected a list of strings, for example ["one"]`),
		Entry("a key twice", `{"name":"a","name":"b"}`, "source.name is duplicated: keep one of them, for example ca"),
		Entry("an unknown key", `{"name":"a","nam":1}`, "source.nam is not a key of source: expected one of name, where, secret, yes, timeout, level, list, numbers, part"),
		Entry("a known key in other letters", `{"name":"a","Secret":"geheim"}`, "source.Secret is not a key of source: expected one of name, where, secret, yes, timeout, level, list, numbers, part"),
		Entry("an odd key", `{"name":"a","\u001b[2J\n":1}`, `source."\x1b[2J\n" is not a key of source: expected one of name, where, secret, yes, timeout, level, list, numbers, part`),
		Entry("several at once, in the order of the fields, unknown ones last", `{"z":1,"list":5,"secret":["geheim"],"a":2,"timeout":"x"}`,
			"source.name is missing: what it is called, for example ca",
			"source.secret is a list: expected a string, for example ((secret))",
			`source.timeout "x" is not a duration: expected a positive number with a unit (s, m or h), for example 30s`,
			`source.list is a number: expected a list of strings, for example ["one"]`,
			"source.a is not a key of source: expected one of name, where, secret, yes, timeout, level, list, numbers, part",
			"source.z is not a key of source: expected one of name, where, secret, yes, timeout, level, list, numbers, part"),
	)

	DescribeTable("never repeats a value that may be a secret, however deep",
		func(raw string) {
			var s settings
			problems := input.Decode([]byte(strings.ReplaceAll(raw, "@", "geheim")), "source", &s)
			Expect(problems).NotTo(BeEmpty())
			Expect(strings.Join(texts(problems), "\n")).NotTo(ContainSubstring("geheim"))
		},
		Entry(nil, `{"secret":{"deep":["@"]}}`),
		Entry(nil, `{"secret":["@"]}`),
		Entry(nil, `{"unknown":{"deep":"@"}}`),
		Entry(nil, `{"yes":"@"}`),
		Entry(nil, `{"list":{"x":"@"}}`),
		Entry(nil, `{"secret":"@"`),
		Entry(nil, `{"secret":"x" "@"}`),
		Entry(nil, `["@"]`),
		Entry(nil, `{"secret":"@","secret":"@@"}`),
	)

	It("takes null and nothing for a key that is left out, where its tag says so", func() {
		var m mapped
		Expect(input.Decode([]byte(`{"part":{"text":null,"truth":""}}`), "source", &m)).To(BeEmpty())
		Expect(input.Decode([]byte(`{"part":{"text":"","truth":null}}`), "source", &m)).To(BeEmpty())
		Expect(m).To(Equal(mapped{}))
	})

	DescribeTable("takes a truth that may be a text",
		func(value string, wanted bool) {
			var m mapped
			Expect(input.Decode([]byte(`{"part":{"truth":`+value+`}}`), "source", &m)).To(BeEmpty())
			Expect(bool(m.Part.Truth)).To(Equal(wanted))
		},
		Entry(nil, `true`, true), Entry(nil, `false`, false), Entry(nil, `"true"`, true), Entry(nil, `"false"`, false), Entry(nil, ` "true" `, true),
	)

	DescribeTable("has a part decode itself, and name its place",
		func(raw string, wanted ...string) {
			var m mapped
			Expect(texts(input.Decode([]byte(raw), "source", &m))).To(Equal(wanted))
		},
		Entry("no object", `{"part":["geheim"]}`, "source.part is a list: expected an object with keys"),
		Entry("twice", `{"part":{},"part":{}}`, "source.part is duplicated: keep one of them, for example ((part))"),
		Entry("all that is wrong", `{"other":1,"part":{"text":5,"truth":"geheim","more":"geheim"}}`,
			"source.part.text is a number: expected a string, for example a",
			"source.part.truth is neither true nor false: expected one of them, as a boolean or as a text, for example true",
			"source.part.more is not a key of source.part: expected one of text, truth",
			"source.other is not a key of source: expected one of part"),
		Entry("a number for a truth", `{"part":{"truth":1}}`, "source.part.truth is a number: expected true or false, for example true"),
	)

	It("repeats no more of a mistyped value than it takes to recognise it", func() {
		var s settings
		problems := input.Decode([]byte(`{"name":"a","timeout":"`+strings.Repeat("x", 5000)+`","`+strings.Repeat("k", 5000)+`":1}`), "source", &s)
		Expect(problems).To(HaveLen(2))
		Expect(problems).To(HaveEach(MatchError(WithTransform(func(text string) int { return len(text) }, BeNumerically("<", 250)))))
		Expect(problems[0]).To(MatchError(HavePrefix(`source.timeout "` + strings.Repeat("x", 40) + `"… is not a duration`)))
	})
})

var _ = DescribeTable("Strings",
	func(raw string, wanted map[string]string, problems ...string) {
		got, err := input.Strings([]byte(raw))
		Expect(texts(input.Problems(err))).To(Equal(append([]string{}, problems...)))
		if len(problems) == 0 {
			Expect(got).To(Equal(wanted))
		}
	},
	Entry("strings", `{"a":"1","b":""}`, map[string]string{"a": "1", "b": ""}),
	Entry("nothing", `null`, map[string]string{}),
	Entry("a list", `["a"]`, nil, "it is a list: expected an object with keys"),
	Entry("cut off", `{"a":"1`, nil, "it is not JSON: it ends too early; expected one whole object"),
	Entry("other values, all of them", `{"b":{"x":"geheim"},"a":1,"c":null,"d":"x"}`, nil,
		`"a" is a number: expected a string`, `"b" is an object: expected a string`, `"c" is null: expected a string`),
	Entry("a key twice", `{"a":"1","a":"2"}`, nil, `"a" is duplicated: keep one of them`),
	Entry("a huge value", `{"a":"`+strings.Repeat("x", 2000)+`"}`, nil, `"a" has 2000 bytes: expected a short string`),
)

var _ = Describe("Fields", func() {
	It("are the keys in order, as their tags describe them", func() {
		fields := input.Fields(&settings{ignored: 1})
		Expect(fields).To(HaveLen(9))
		Expect(fields[0]).To(And(HaveField("Key", "name"), HaveField("Required", true), HaveField("Example", "ca"), HaveField("Doc", "what it is called")))
		Expect(fields[1]).To(And(HaveField("Key", "where"), HaveField("Required", true)))
		Expect(fields[3]).To(And(HaveField("Default", "false"), HaveField("Required", false)))
	})
})

var _ = Describe("Problems", func() {
	one, two, three := errors.New("one"), errors.New("two"), errors.New("three")

	It("splits what was joined, however often", func() {
		Expect(input.Problems(errors.Join(one, errors.Join(two, nil, three)))).To(Equal([]error{one, two, three}))
	})
	It("leaves another error whole, and none none", func() {
		Expect(input.Problems(one)).To(Equal([]error{one}))
		Expect(input.Problems(nil)).To(BeEmpty())
	})

	It("tells which key they are about", func() {
		var s settings
		problems := input.Decode([]byte(`{"secret":1}`), "source", &s)
		Expect(input.Mentions(problems, "source", "secret")).To(BeTrue())
		Expect(input.Mentions(problems, "params", "secret")).To(BeFalse())
		Expect(input.Mentions(problems, "source", "yes")).To(BeFalse())
		Expect(input.Mentions(input.Decode([]byte(`[]`), "source", &s), "source", "yes")).To(BeTrue(), "of a list no key is known")
	})
})

var _ = Describe("Named", func() {
	It("calls the key of each problem what the surface calls it, and leaves other errors alone", func() {
		other := errors.New("no such thing")
		err := input.Named(errors.Join(input.Wrong(setting.PrivateKey, "has %d bits", 1024), other), func(k setting.Key) string { return "--" + string(k) })
		Expect(input.Problems(err)).To(HaveExactElements(MatchError("--private_key has 1024 bits"), BeIdenticalTo(other)))
		Expect(input.Wrong(setting.PrivateKey, "is empty")).To(MatchError("private_key is empty"))
		Expect(input.Named(nil, nil)).To(Succeed())
	})
})

var _ = DescribeTable("Beside",
	func(known []error, err error, wanted ...string) {
		Expect(texts(input.Beside(err, known, "source"))).To(Equal(append([]string{}, wanted...)))
	},
	Entry("places every problem", nil, errors.Join(input.Wrong(setting.Target, "is missing"), &input.Problem{Text: "no credentials"}, errors.New("other")),
		"source.target is missing", "source: no credentials", "source: other"),
	Entry("says nothing of a key that could not be read", []error{&input.Problem{At: "source", Key: "target", Text: "is null"}}, input.Wrong(setting.Target, "is missing")),
	Entry("nor of what goes with it", []error{&input.Problem{At: "source", Key: "password", Text: "is null"}},
		&input.Problem{Text: "no credentials", With: []setting.Key{setting.Username, setting.Password}}),
	Entry("nor of anything in an object that could not be read", []error{&input.Problem{At: "source", Text: "is a list"}}, input.Wrong(setting.Target, "is missing")),
	Entry("but of what another object lacks", []error{&input.Problem{At: "params", Key: "target", Text: "is null"}}, input.Wrong(setting.Target, "is missing"), "source.target is missing"),
	Entry("nothing of nothing", nil, nil),
)
