package sim

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/opsman-ca/opsman-ca/internal/sim/faults"
)

const controlPrefix = "/simulator/"

// control is the control API: it needs no token and is in no ledger.
func (f *face) control(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simulator/state", func(w http.ResponseWriter, _ *http.Request) { reply(w, f.Dump()) })
	mux.HandleFunc("GET /simulator/ledger", func(w http.ResponseWriter, _ *http.Request) { reply(w, f.Ledger()) })
	mux.HandleFunc("GET /simulator/handshakes", f.controlHandshakes)
	mux.HandleFunc("POST /simulator/faults", f.controlAddFault)
	mux.HandleFunc("DELETE /simulator/faults", func(w http.ResponseWriter, _ *http.Request) {
		f.ClearFaults()
		reply(w, struct{}{})
	})
	mux.HandleFunc("POST /simulator/faults/{id}/release", func(w http.ResponseWriter, r *http.Request) {
		finish(w, f.Release(r.PathValue("id")), struct{}{})
	})
	mux.HandleFunc("GET /simulator/faults/{id}", func(w http.ResponseWriter, r *http.Request) {
		reply(w, map[string]int{"struck": f.Struck(r.PathValue("id"))})
	})
	mux.HandleFunc("POST /simulator/operator", f.controlOperator)
	mux.HandleFunc("PUT /simulator/speed", f.controlSpeed)
	mux.ServeHTTP(w, r)
}

func (f *face) controlHandshakes(w http.ResponseWriter, _ *http.Request) {
	l := f.Ledger()
	reply(w, map[string]any{"good": l.Good, "broken": l.Broken, "broken_handshakes": f.Broken()})
}

func (f *face) controlAddFault(w http.ResponseWriter, r *http.Request) {
	var ft faults.Fault
	if !decode(w, r, &ft) {
		return
	}
	id, err := f.AddFault(ft)
	finish(w, err, map[string]string{"id": id})
}

func (f *face) controlOperator(w http.ResponseWriter, r *http.Request) {
	var a Action
	if !decode(w, r, &a) {
		return
	}
	finish(w, f.OperatorContext(r.Context(), a), struct{}{})
}

func (f *face) controlSpeed(w http.ResponseWriter, r *http.Request) {
	var body struct {
		VMDelay faults.Duration `json:"vm_delay"`
	}
	if !decode(w, r, &body) {
		return
	}
	f.SetVMDelay(time.Duration(body.VMDelay))
	reply(w, struct{}{})
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		http.Error(w, "the body is not understood: "+err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

func finish(w http.ResponseWriter, err error, body any) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	reply(w, body)
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(body)
}
