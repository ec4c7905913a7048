package resource

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/opsman-ca/opsman-ca/internal/setting"
)

var _ = DescribeTable("a key is named where it stands in a pipeline",
	func(k setting.Key, name string) { Expect(named(k)).To(Equal(name)) },
	Entry(nil, setting.CACert, "source.ca_cert"),
	Entry(nil, setting.DecryptionPassphrase, "source.decryption_passphrase"),
	Entry(nil, setting.Unrotated, "source.unrotated_certificates"),
	Entry(nil, setting.Accept, "params.accept"),
	Entry(nil, setting.From, "params.from"),
	Entry(nil, setting.LeafOnly, "params.leaf_only"),
)
