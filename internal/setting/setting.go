// Package setting has what an operator gives by one name each, whatever the place to
// give it at calls it: params.accept in a pipeline, --accept on a command line,
// ACCEPT in a task. Names tells code that writes a sentence about such a thing
// what to call it, so that every sentence is written once, with the name in it.
package setting

import "strings"

// Key is one thing that an operator gives.
type Key string

// The keys that sentences speak of. Those of the resource have their name there.
const (
	Target               Key = "target"
	Username             Key = "username"
	Password             Key = "password"
	ClientID             Key = "client_id"
	ClientSecret         Key = "client_secret"
	CACert               Key = "ca_cert"
	DecryptionPassphrase Key = "decryption_passphrase"
	ConnectTimeout       Key = "connect_timeout"
	RequestTimeout       Key = "request_timeout"
	RetryFor             Key = "retry_for"
	UnlockTimeout        Key = "unlock_timeout"
	Unrotated            Key = "unrotated_certificates"

	Accept      Key = "accept"
	From        Key = "from"
	Certificate Key = "certificate"
	PrivateKey  Key = "private_key"
	DryRun      Key = "dry_run"
	LeafOnly    Key = "leaf_only"

	IfRotating Key = "if_rotating"
	Recreate   Key = "recreate"
	Exclude    Key = "exclude_from_rotation"
	// RequireFullApply demands a recent apply changes of all products.
	RequireFullApply Key = "require_full_apply"

	// The command alone has these, and calls them --env, --force and so on.
	Env                Key = "env"
	Accepts            Key = "accepts"
	Force              Key = "force"
	Again              Key = "again"
	To                 Key = "to"
	Output             Key = "output"
	Interval           Key = "interval"
	Listen             Key = "listen"
	ErrandConfig       Key = "config"
	ErrandText         Key = "config_text"
	IgnoreInstallation Key = "ignore_installation"
	Window             Key = "window"
	IgnoreWarnings     Key = "ignore_warnings"
)

// placed are the keys that a sentence may name in its middle.
var placed = []Key{Recreate, Exclude, RequireFullApply, IgnoreWarnings}

// Place stands for the key's name in a sentence that is written before it is known who
// reads it; Names.Fill puts the name there.
func (k Key) Place() string { return "{" + string(k) + "}" }

// Names is what one surface calls the keys: empty for one that it does not have.
// Nil calls each as it is.
type Names func(Key) string

// Of is the name of a key.
func (n Names) Of(k Key) string {
	if n == nil {
		return string(k)
	}
	return n(k)
}

// Fill puts the names into a sentence that has places for them.
func (n Names) Fill(sentence string) string {
	for _, k := range placed {
		sentence = strings.ReplaceAll(sentence, k.Place(), n.Of(k))
	}
	return sentence
}
