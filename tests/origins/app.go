// Tells what Go's net/http received: one line of JSON per request, appended to a file.
// SPDX-License-Identifier: Apache-2.0
package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"
	"sync"
)

type arrival struct {
	Method   string      `json:"method"`
	Target   string      `json:"target"`
	Path     string      `json:"path"`
	Headers  [][2]string `json:"headers"`
	Body     []byte      `json:"body"`
	Complete bool        `json:"complete"`
	Forces   []string    `json:"forces"`
	Risk     *string     `json:"risk"`
}

var mutex sync.Mutex

// The usual way to read a document: into a struct, whose member names match caselessly.
func riskIn(body []byte) *string {
	var order struct {
		Risk json.Number `json:"risk"`
	}
	if json.Unmarshal(body, &order) != nil || order.Risk == "" {
		return nil
	}
	told := order.Risk.String()
	return &told
}

func fields(r *http.Request) [][2]string {
	told := [][2]string{{"Host", r.Host}}
	for name, values := range r.Header {
		for _, value := range values {
			told = append(told, [2]string{name, value})
		}
	}
	for _, coding := range r.TransferEncoding {
		told = append(told, [2]string{"Transfer-Encoding", coding})
	}
	return told
}

func main() {
	file, err := os.OpenFile(os.Args[2], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		log.Fatal(err)
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		line, _ := json.Marshal(arrival{r.Method, r.RequestURI, r.URL.Path, fields(r), body,
			err == nil, r.URL.Query()["force"], riskIn(body)})
		mutex.Lock()
		file.Write(append(line, '\n'))
		mutex.Unlock()
		w.Header().Set("X-Origin", "app")
		io.WriteString(w, "ok")
	}
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[1], http.HandlerFunc(handler)))
}
