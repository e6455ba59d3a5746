// What part of a processor each of several parties gets; see Common/Shares.cs.

package main

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const sharesTime = 500 * time.Millisecond

type party interface {
	begin(group *sync.WaitGroup)
	end()
	done() float64
}

// pair is two goroutines with one ball: who has it counts up to a limit and passes it on.
type pair struct {
	limit int
	ball  chan bool
	stop  atomic.Bool
	count int
}

func newPair(limit int) party { return &pair{limit: limit, ball: make(chan bool)} }

func (p *pair) begin(group *sync.WaitGroup) {
	group.Add(3)
	for range 2 {
		go func() {
			p.play()
			group.Done()
		}()
	}
	go func() {
		p.ball <- true
		group.Done()
	}()
}

func (p *pair) play() {
	for ball := range p.ball {
		for range p.limit {
			p.count++
		}
		if p.stop.Load() {
			close(p.ball) // the other one waits for the ball
			return
		}
		p.ball <- ball
	}
}

func (p *pair) end()          { p.stop.Store(true) }
func (p *pair) done() float64 { return float64(p.count) }

// loops are goroutines that compute, calling functions, and never block.
type loops struct {
	stop  atomic.Bool
	count atomic.Int64
}

func (l *loops) start(group *sync.WaitGroup, goroutines int) {
	group.Add(goroutines)
	for range goroutines {
		go func() {
			n := int64(0)
			for ; !l.stop.Load(); n++ {
				work(8)
			}
			l.count.Add(n)
			group.Done()
		}()
	}
}

func (l *loops) begin(group *sync.WaitGroup) { l.start(group, 1) }
func (l *loops) end()                        { l.stop.Store(true) }
func (l *loops) done() float64               { return float64(l.count.Load()) }

func work(n int) int {
	if n == 0 {
		return 0
	}
	return work(n-1) + 1
}

func unfairness(shares []float64) float64 { return slices.Max(shares) / slices.Min(shares) }

func median(figures []float64) float64 {
	slices.Sort(figures)
	return figures[len(figures)/2]
}
