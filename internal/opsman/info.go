package opsman

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/opsman-ca/opsman-ca/internal/evidence"
)

const infoPath = "/api/v0/info"

// Info is what Ops Manager tells about itself without a login.
type Info struct {
	// Version is as Ops Manager spells it: "3.0.25-build.1261", "2.10-build.79".
	Version string
	// Locked and SetupComplete are nil where the version does not tell.
	Locked        *bool
	SetupComplete *bool
}

var leadingVersion = evidence.Expression(`^v?(\d+)\.(\d+)`)

// AtLeast compares the first two numbers of the version; an unreadable version
// is not at least anything.
func (i Info) AtLeast(major, minor int) bool {
	gotMajor, gotMinor, readable := leading(i.Version)
	return readable && (gotMajor > major || gotMajor == major && gotMinor >= minor)
}

// leading are the first two numbers of a version.
func leading(version string) (major, minor int, readable bool) {
	found := leadingVersion().FindStringSubmatch(version)
	if found == nil {
		return 0, 0, false
	}
	major, majorErr := strconv.Atoi(found[1])
	minor, minorErr := strconv.Atoi(found[2])
	return major, minor, majorErr == nil && minorErr == nil
}

var patchNumber = evidence.Expression(`^v?\d+\.\d+\.(\d+)`)

// patch is the third number of a version, 0 where there is none.
func patch(version string) int {
	found := patchNumber().FindStringSubmatch(version)
	if found == nil {
		return 0
	}
	number, err := strconv.Atoi(found[1])
	if err != nil {
		return 0
	}
	return number
}

// Info reads version and lock state (GET /api/v0/info), without a token. A
// locked Ops Manager is unlocked first when there is a passphrase; else Locked
// says so and is no error.
func (c *Client) Info(ctx context.Context) (Info, error) {
	info, err := c.readInfo(ctx)
	if err != nil || info.Locked == nil || !*info.Locked || c.cfg.DecryptionPassphrase == "" {
		return info, err
	}
	if err := c.unlockInTurn(ctx); err != nil {
		return info, err
	}
	return c.readInfo(ctx)
}

func (c *Client) unlockInTurn(ctx context.Context) error {
	if err := c.take(ctx); err != nil {
		return err
	}
	defer c.give()
	return c.unlock(ctx)
}

func (c *Client) readInfo(ctx context.Context) (Info, error) {
	var info Info
	err := c.call(ctx, &exchange{
		method: http.MethodGet, path: infoPath, public: true, limit: smallLimit,
		read: func(ans *answer) error { return decodeInfo(ans.body, &info) },
	})
	if err == nil {
		c.met.Store(true)
		c.version.Store(info.Version)
	}
	return info, err
}

func decodeInfo(from io.Reader, info *Info) error {
	var body struct {
		Info struct {
			Version       name  `json:"version"`
			Locked        *bool `json:"locked"`
			SetupComplete *bool `json:"setup_complete"`
		} `json:"info"`
	}
	if err := decode(from, &body); err != nil {
		return err
	}
	if body.Info.Version == "" {
		return errors.New("it holds no version")
	}
	*info = Info{Version: string(body.Info.Version), Locked: body.Info.Locked, SetupComplete: body.Info.SetupComplete}
	return nil
}
