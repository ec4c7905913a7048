package concourse

import . "github.com/onsi/ginkgo/v2"

// What follows breaks the one Concourse that all specs share: label such specs
// Serial.

// KillWorker kills the worker's process and containerd; containers go on.
func (c *Concourse) KillWorker() { GinkgoHelper(); c.post(c.Control + "/worker/kill") }

// LoseWorker kills the worker with all of its containers, as when its machine
// dies.
func (c *Concourse) LoseWorker() {
	GinkgoHelper()
	c.post(c.Control + "/worker/kill?containers=true")
}

// StartWorker starts the worker that was killed, and returns when it is back.
func (c *Concourse) StartWorker() { GinkgoHelper(); c.post(c.Control + "/worker/start") }

// NewWorker starts a worker that knows nothing of the lost one.
func (c *Concourse) NewWorker() { GinkgoHelper(); c.post(c.Control + "/worker/start?fresh=true") }

// StopWeb stops the web node by a signal, KillWeb at once.
func (c *Concourse) StopWeb() { GinkgoHelper(); c.post(c.Control + "/web/stop") }

// KillWeb kills the web node.
func (c *Concourse) KillWeb() { GinkgoHelper(); c.post(c.Control + "/web/kill") }

// StartWeb starts the web node, and returns when it answers.
func (c *Concourse) StartWeb() { GinkgoHelper(); c.post(c.Control + "/web/start") }
