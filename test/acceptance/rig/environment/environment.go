// Package environment is what the rig tells the command that it runs.
package environment

import (
	"errors"
	"fmt"
	"os"
	"reflect"
)

// Environment says where everything is. Each field is an environment variable.
type Environment struct {
	// ConcourseURL, Username and Password are those of the team main's only user.
	ConcourseURL string `env:"RIG_CONCOURSE_URL"`
	Username     string `env:"RIG_CONCOURSE_USERNAME"`
	Password     string `env:"RIG_CONCOURSE_PASSWORD"`
	// Fly is the path of Concourse's command line.
	Fly string `env:"RIG_FLY"`
	// ResourceImage, TaskImage and SimImage are references that steps can pull.
	ResourceImage string `env:"RIG_RESOURCE_IMAGE"`
	TaskImage     string `env:"RIG_TASK_IMAGE"`
	SimImage      string `env:"RIG_SIM_IMAGE"`
	// Released is the file in which a release says what it has released.
	Released string `env:"RIG_RELEASED"`
	// Metrics is the URL of what Concourse tells Prometheus.
	Metrics string `env:"RIG_METRICS_URL"`
	// Gateway is the address on which steps reach what the command serves.
	Gateway string `env:"RIG_GATEWAY"`
	// Control is the URL of the rig's control API, the same in steps.
	Control string `env:"RIG_CONTROL_URL"`
	// Vault is the URL of the stand-in for Concourse's credential manager.
	Vault string `env:"RIG_VAULT_URL"`
	// Logs is the folder of the servers' logs.
	Logs string `env:"RIG_LOGS"`
}

// Export is the environment as os.Environ has it.
func (e Environment) Export() []string {
	var all []string
	value := reflect.ValueOf(e)
	for i := range value.NumField() {
		all = append(all, value.Type().Field(i).Tag.Get("env")+"="+value.Field(i).String())
	}
	return all
}

// Load reads the environment, and fails outside of the rig.
func Load() (Environment, error) {
	var e Environment
	var missing error
	value := reflect.ValueOf(&e).Elem()
	for i := range value.NumField() {
		name := value.Type().Field(i).Tag.Get("env")
		text := os.Getenv(name)
		if text == "" {
			missing = errors.Join(missing, fmt.Errorf("%s is not set: run this inside the rig, go run ./cmd/rig -- COMMAND", name))
		}
		value.Field(i).SetString(text)
	}
	return e, missing
}
