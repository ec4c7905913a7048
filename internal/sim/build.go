package sim

import "time"

// builder lays a new foundation out as its options say, and gives it a past. A shape that
// a foundation begins with has its place here; one that it keeps, such as what the API
// answers, has it where the option is read.
type builder struct{ *Foundation }

// build lays out first, then deploys all of it, as installations of the past.
func (b builder) build() error {
	b.buildProducts()
	if b.knownCertificates() {
		b.placeKnown()
	} else {
		b.buildCredHub()
	}
	b.placeSubCAs()
	b.placeHandSet()
	b.buildNonTiles()
	seed := b.seed
	if b.opts.Known != nil {
		seed = b.seedKnown
	}
	if err := seed(); err != nil {
		return err
	}
	if err := b.firstOutsiders(); err != nil {
		return err
	}
	b.weatherHistory()
	b.leaveInstancesBehind()
	return nil
}

// seed is the foundation's past: its CA, its leaves, its installations.
func (b builder) seed() error {
	now := b.clock.now()
	born, leavesFrom := now.Add(-b.opts.CAAge).Truncate(time.Second), now.Add(-b.opts.LeafAge).Truncate(time.Second)
	first := b.authorities.Generate
	if b.opts.OwnRootCA {
		first = b.authorities.OwnFirst
	}
	root, err := first(born)
	if err != nil {
		return err
	}
	root.Active = true
	if b.opts.LeftoverCA {
		former, err := b.authorities.Generate(born.Add(-b.opts.CAValidity))
		if err != nil {
			return err
		}
		b.authorities.Add(former)
	}
	b.authorities.Add(root)
	for _, r := range b.records {
		if err := b.issueFirst(r, root, leavesFrom); err != nil {
			return err
		}
	}
	b.credhub.FirstVersions(now, born, leavesFrom)
	b.seedInstallation(kindAddition, born.Add(10*time.Minute), usualRoll)
	b.seedInstallation(kindUnchanged, leavesFrom.Add(20*time.Minute), usualRoll)
	b.fillHistory(leavesFrom.Add(day), now)
	b.selectiveHistory(leavesFrom.Add(day), now)
	b.listMore(leavesFrom)
	return nil
}

// buildProducts lays out the director and the tiles, without certificates.
func (b builder) buildProducts() {
	director := Tile{
		Identifier: directorIdentifier, Label: "BOSH Director", Version: b.opts.Version,
		Jobs: []Job{{"bosh", 1}}, Verifiers: b.opts.DirectorVerifiers,
	}
	if b.opts.Known != nil && b.opts.Known.Director.GUID != "" {
		director = b.opts.Known.Director
		director.Verifiers = b.opts.DirectorVerifiers
	}
	for _, tile := range append([]Tile{director}, b.opts.Tiles...) {
		b.addProduct(tile)
	}
}

// leaveInstancesBehind gives service instances the stemcell that they were left on, when
// no errand upgraded them since their tile got another one.
func (b builder) leaveInstancesBehind() {
	for _, p := range b.products {
		if p.tile.InstanceStemcell == (Stemcell{}) {
			continue
		}
		for _, d := range p.instances {
			for _, v := range d.vms {
				v.stemcell = p.tile.InstanceStemcell
			}
		}
	}
}
