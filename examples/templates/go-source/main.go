// A page for each name, from a template file that lies beside the program.
package main

import (
	"context"
	"html/template"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/gorilla/mux"
)

var version = "unknown"

func main() {
	page := template.Must(template.ParseFiles("pages/hello.html"))
	router := mux.NewRouter()
	router.HandleFunc("/hello/{name:[a-z]+}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("content-type", "text/html; charset=utf-8")
		values := map[string]string{"Name": mux.Vars(r)["name"], "Version": version, "Go": runtime.Version()}
		if err := page.Execute(w, values); err != nil {
			log.Print(err)
		}
	})
	router.Handle("/", http.RedirectHandler("/hello/world", http.StatusFound))

	server := &http.Server{
		Addr:    net.JoinHostPort(os.Getenv("BIND_ADDRESS"), os.Getenv("PORT")),
		Handler: router,
	}
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	go func() {
		<-stop.Done()
		server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}
