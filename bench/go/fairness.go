// TestPingPongHog as figures; see Weft.Bench/Fairness.cs.

package main

import (
	"sync"
	"time"
)

func fairness(name string) {
	rare := func() party { return newPair(1_000_000) }
	often := func() party { return newPair(1_000) }
	loop := func() party { return &loops{} }
	var pairs, pairsShare, looped, loopedShare []float64
	for i := -1; i < runs; i++ { // one to warm up
		p := sharesOf(rare, often)
		l := sharesOf(often, loop, loop)
		if i < 0 {
			continue
		}
		pairs = append(pairs, unfairness(p))
		pairsShare = append(pairsShare, 100*p[1])
		looped = append(looped, unfairness(l))
		loopedShare = append(loopedShare, 100*l[0])
	}
	emit(name+"-pairs", median(pairs), "x")
	emit(name+"-pairs-share", median(pairsShare), "%")
	emit(name+"-loops", median(looped), "x")
	emit(name+"-loops-share", median(loopedShare), "%")
}

func sharesOf(make ...func() party) []float64 {
	var alone []float64
	var parties []party
	for _, one := range make {
		alone = append(alone, rates(one())[0])
		parties = append(parties, one())
	}
	shares := rates(parties...)
	for i := range shares {
		shares[i] /= alone[i]
	}
	return shares
}

func rates(parties ...party) []float64 {
	var group sync.WaitGroup
	start := time.Now()
	for _, p := range parties {
		p.begin(&group)
	}
	time.Sleep(sharesTime)
	for _, p := range parties {
		p.end()
	}
	group.Wait()
	seconds := time.Since(start).Seconds()
	var rates []float64
	for _, p := range parties {
		rates = append(rates, p.done()/seconds)
	}
	return rates
}
