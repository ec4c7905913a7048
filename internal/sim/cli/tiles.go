package cli

import (
	"fmt"
	"os"

	"gopkg.in/yaml.v2"

	"github.com/opsman-ca/opsman-ca/internal/sim"
)

// tileFile is what --tiles reads.
type tileFile struct {
	Tiles []struct {
		Identifier string   `yaml:"identifier"`
		Label      string   `yaml:"label"`
		Version    string   `yaml:"version"`
		DependsOn  []string `yaml:"depends_on"`
		// Jobs and the jobs of each service instance, by name: instances.
		Jobs             yaml.MapSlice `yaml:"jobs"`
		ServiceInstances int           `yaml:"service_instances"`
		// Staged and not deployed yet, or to be deleted by the next apply.
		NeverDeployed     bool `yaml:"never_deployed"`
		StagedForDeletion bool `yaml:"staged_for_deletion"`
		// Stemcells as --stemcell has them: of all, of single jobs, and what service
		// instances still have.
		Stemcell         string            `yaml:"stemcell"`
		JobStemcells     map[string]string `yaml:"job_stemcells"`
		InstanceStemcell string            `yaml:"instance_stemcell"`
		// WithoutErrands are those that a service tile lacks.
		WithoutErrands []string      `yaml:"without_errands"`
		InstanceJobs   yaml.MapSlice `yaml:"instance_jobs"`
	} `yaml:"tiles"`
}

const tileExample = "tiles: [{identifier: cf, label: TAS, version: 2.13.35, jobs: {router: 3}}]"

// readTiles reads a shape of foundation; no path means the default one.
func readTiles(path string) ([]sim.Tile, error) {
	if path == "" {
		return sim.DefaultTiles(), nil
	}
	text, err := os.ReadFile(path) //nolint:gosec // the user names the file
	if err != nil {
		return nil, fmt.Errorf("--tiles: %w", err)
	}
	var file tileFile
	if err := yaml.UnmarshalStrict(text, &file); err != nil {
		return nil, fmt.Errorf("--tiles %s: expected for example %q: %w", path, tileExample, err)
	}
	var tiles []sim.Tile
	for i, t := range file.Tiles {
		if t.Identifier == "" || len(t.Jobs) == 0 {
			return nil, fmt.Errorf("--tiles %s: tile %d needs identifier and jobs, for example %q", path, i+1, tileExample)
		}
		tile := sim.Tile{Identifier: t.Identifier, Label: t.Label, Version: t.Version}
		jobs, err := readJobs(t.Jobs)
		if err != nil {
			return nil, fmt.Errorf("--tiles %s: tile %s: jobs: %w", path, t.Identifier, err)
		}
		if t.ServiceInstances > 0 {
			tile = sim.ServiceTile(t.Identifier, t.Label, t.Version, t.ServiceInstances, jobs[0], sim.Job{Name: "server", Instances: 1})
			instanceJobs, err := readJobs(t.InstanceJobs)
			if err != nil {
				return nil, fmt.Errorf("--tiles %s: tile %s: instance_jobs: %w", path, t.Identifier, err)
			}
			for i := range tile.ServiceInstances {
				if len(instanceJobs) > 0 {
					tile.ServiceInstances[i].Jobs = instanceJobs
				}
			}
		}
		tile.Jobs, tile.DependsOn = jobs, t.DependsOn
		tile.NeverDeployed, tile.StagedForDeletion = t.NeverDeployed, t.StagedForDeletion
		for _, name := range t.WithoutErrands {
			tile = tile.Without(name)
		}
		if err := readStemcells(&tile, t.Stemcell, t.InstanceStemcell, t.JobStemcells); err != nil {
			return nil, fmt.Errorf("--tiles %s: tile %s: %w", path, t.Identifier, err)
		}
		tiles = append(tiles, tile)
	}
	return tiles, nil
}

func readStemcells(tile *sim.Tile, all, instances string, jobs map[string]string) (err error) {
	for _, s := range []struct {
		text string
		into *sim.Stemcell
	}{{all, &tile.Stemcell}, {instances, &tile.InstanceStemcell}} {
		if s.text == "" {
			continue
		}
		if *s.into, err = sim.ParseStemcell(s.text); err != nil {
			return err
		}
	}
	for job, text := range jobs {
		if tile.JobStemcells == nil {
			tile.JobStemcells = map[string]sim.Stemcell{}
		}
		if tile.JobStemcells[job], err = sim.ParseStemcell(text); err != nil {
			return err
		}
	}
	return nil
}

func readJobs(jobs yaml.MapSlice) ([]sim.Job, error) {
	var all []sim.Job
	for _, item := range jobs {
		name, isText := item.Key.(string)
		n, isNumber := item.Value.(int)
		if !isText || !isNumber || n <= 0 {
			return nil, fmt.Errorf("%v: expected the number of instances, for example router: 3", item.Key)
		}
		all = append(all, sim.Job{Name: name, Instances: n})
	}
	return all, nil
}
