// Time and place, snapping, edits and undo of a journey's timeline: what needs neither a server nor a browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { added, aligned, asFilmed, changed, freeAt, lastMoment, lasting, looped, mostHold, moved, removed } from '../../web/src/views/journey/edit.ts';
import { begun, done, redone, rested, undone } from '../../web/src/views/journey/history.ts';
import { beatTicks, beside, betweens, clock, fromStart, placeOf, readTime, snapped, spoken, ticks, timeAt, within } from '../../web/src/views/journey/time.ts';

const scale = { duration: 60, width: 1200, inset: 40 };
const keyframe = (at_s, seed = at_s) => ({ at_s, model_id: 'm', point: { anchor: { seed } }, hold_s: 0, psi: null, ease: 'smooth' });
const recipe = (...times) => ({ duration_s: 60, loop: false, keyframes: times.map((at) => keyframe(at)) });
const times = ({ keyframes }) => keyframes.map(({ at_s }) => at_s);
const seeds = ({ keyframes }) => keyframes.map(({ point }) => point.anchor.seed);

test('a moment stands at its place, and its place is that moment', () => {
  assert.equal(placeOf(scale, 0), 40);
  assert.equal(placeOf(scale, 60), 1240);
  for (let at = 0; at <= 60; at += 0.731) assert.ok(Math.abs(timeAt(scale, placeOf(scale, at)) - at) < 0.0006);
  assert.equal(timeAt(scale, -50), 0);
  assert.equal(timeAt(scale, 9999), 60);
  assert.equal(timeAt({ ...scale, width: 0 }, 50), 0);
});

test('read from right to left, time begins at the right', () => {
  const box = { left: 100, right: 1380 };
  assert.equal(timeAt(scale, fromStart(1340, box, true)), 0);
  assert.equal(timeAt(scale, fromStart(140, box, false)), 0);
  assert.equal(timeAt(scale, fromStart(140, box, true)), 60);
});

test('a moment clicks to the nearest mark within reach, and to none beyond it', () => {
  const beats = [0.5, 1, 1.5, 2];
  assert.equal(snapped(1.1, beats, 0.2), 1);
  assert.equal(snapped(1.26, beats, 0.25), 1.5);
  assert.equal(snapped(3, beats, 0.2), 3);
  assert.equal(snapped(0.1, beats), 0.5);
  assert.equal(snapped(1, []), 1);
  for (const beat of beats) assert.equal(snapped(beat, beats, 0.01), beat);
  // Beside a search from mark to mark, for every moment.
  const marks = Array.from({ length: 50 }, (_, nth) => nth * 0.37 + (nth % 3) * 0.05);
  for (let at = -1; at < 20; at += 0.013) {
    const best = marks.reduce((found, mark) => (Math.abs(mark - at) < Math.abs(found - at) ? mark : found));
    assert.ok(Math.abs(Math.abs(snapped(at, marks) - at) - Math.abs(best - at)) < 0.001);
  }
});

test('arrows go from beat to beat, and on to the ends', () => {
  assert.equal(beside(1, [0.5, 1, 1.5], 1, 4), 1.5);
  assert.equal(beside(1, [0.5, 1, 1.5], -1, 4), 0.5);
  assert.equal(beside(1.5, [0.5, 1, 1.5], 1, 4), 4);
  assert.equal(beside(0.5, [0.5, 1, 1.5], -1, 4), 0);
});

test('a soundtrack that begins later brings its beats along', () => {
  assert.deepEqual(within([0.5, 10.25, 11, 12, 13], 10, 2), [0.25, 1, 2]);
});

test('seconds are shown as there is room for them', () => {
  const some = ticks(scale);
  assert.equal(some[0].at, 0);
  assert.equal(some.at(-1).at, 60);
  assert.ok(some.length * 20 <= 1240);
  assert.ok(ticks({ ...scale, width: 12_000 }).length > some.length);
  assert.deepEqual(ticks({ duration: 0.5, width: 100, inset: 0 }).map(({ at }) => at), [0, 0.1, 0.2, 0.3, 0.4, 0.5]);
});

test('beats that are too dense leave their bars', () => {
  const beats = Array.from({ length: 120 }, (_, nth) => nth / 2);
  const bars = beats.filter((_, nth) => nth % 4 === 0);
  assert.equal(beatTicks(beats, bars, scale).length, 120);
  assert.ok(beatTicks(beats, bars, { ...scale, width: 300 }).every(({ long }) => long));
});

test('small pictures fill the room between keyframes, and no more', () => {
  const places = [0, 10, 12, 60].map((at) => ({ at, half: 40 }));
  const found = betweens(places, scale, 36);
  assert.ok(found.length > 3);
  assert.ok(found.every((at) => places.every((one) => Math.abs(placeOf(scale, one.at) - placeOf(scale, at)) >= 40 + 18)));
  assert.ok(!found.some((at) => at > 10 && at < 12));
  assert.deepEqual(betweens([{ at: 0, half: 40 }], scale, 36), []);
});

test('times are told and read as one says them', () => {
  assert.equal(clock(17), '0:17');
  assert.equal(clock(60), '1:00');
  assert.equal(clock(3723), '1:02:03');
  assert.equal(clock(59.96, { tenths: true }), '1:00.0');
  assert.equal(clock(9.25, { tenths: true }), '0:09.3');
  assert.equal(spoken(61), '1 min 1 second');
  assert.equal(spoken(60), '1 min');
  assert.equal(readTime('1:02'), 62);
  assert.equal(readTime('1:00:00'), 3600);
  assert.equal(readTime('17,5'), 17.5);
  for (const none of ['', 'x', '1:', '-3', '1:2:3:4', '1e9']) assert.equal(readTime(none), null);
});

test('a keyframe that is dragged past others keeps what it is, and the order is that of time', () => {
  const { recipe: so, index } = moved(recipe(0, 10, 20), 0, 15);
  assert.deepEqual(times(so), [10, 15, 20]);
  assert.equal(index, 1);
  assert.deepEqual(seeds(so), [10, 0, 20]);
  assert.equal(moved(recipe(0, 10), 1, 99).recipe.keyframes[1].at_s, 60);
  assert.equal(moved(recipe(0, 10), 0, -5).recipe.keyframes[0].at_s, 0);
});

test('a time that one gives counts: one speed all the way becomes one between two keyframes', () => {
  const constant = { ...recipe(0, 10, 20), speed: 'constant' };
  assert.equal(moved(constant, 1, 12).recipe.speed, 'even');
  assert.equal(moved(constant, 1, 10).recipe.speed, 'constant');
  assert.equal(changed(constant, 1, { hold_s: 2 }).speed, 'constant');
  assert.equal(lasting(constant, 30).speed, 'constant');
  assert.equal(moved({ ...constant, speed: 'plain' }, 1, 12).recipe.speed, 'plain');
});

test('no two keyframes stand at one moment', () => {
  const many = [0, 10, 10.1, 20];
  for (let wanted = -1; wanted < 61; wanted += 0.07) {
    const at = freeAt(recipe(...many), wanted);
    assert.ok(many.every((one) => Math.abs(one - at) >= 0.0999), `${wanted} ${at}`);
    assert.ok(at >= 0 && at <= 60);
  }
  const twice = added(recipe(0, 10), keyframe(10, 7));
  assert.equal(twice.recipe.keyframes.length, 3);
  assert.equal(twice.recipe.keyframes[twice.index].point.anchor.seed, 7);
  assert.deepEqual(times(twice.recipe).filter((at) => at === 10), [10]);
});

test('of a loop the end is the beginning', () => {
  const round = { ...recipe(0, 30), loop: true };
  assert.ok(lastMoment(round) < 60);
  assert.ok(moved(round, 1, 60).recipe.keyframes[1].at_s < 60);
});

test('removing, changing, lasting', () => {
  assert.deepEqual(times(removed(recipe(0, 10, 20), 1).recipe), [0, 20]);
  assert.equal(removed(recipe(0, 10, 20), 2).index, 1);
  const one = changed(recipe(0, 10), 1, { psi: 0.3 });
  assert.deepEqual(one.keyframes.map(({ psi }) => psi), [null, 0.3]);
  assert.deepEqual(times(lasting(recipe(0, 10, 60), 30)), [0, 5, 30]);
  assert.equal(mostHold(recipe(0, 10), 0), 9.9);
});

test('a loop leaves time to come back, and a film that ends takes it', () => {
  const round = looped(recipe(0, 30, 60), true);
  assert.deepEqual(times(round), [0, 20, 40]);
  assert.deepEqual(times(looped(round, false)), [0, 30, 60]);
});

test('nobody stays where another one stands', () => {
  const staying = recipe(0, 10, 20);
  staying.keyframes[0].hold_s = 5;
  const { recipe: so } = moved(staying, 1, 3);
  assert.deepEqual(times(so), [0, 5.1, 20]); // after the one that stays
  const shorter = moved(changed(staying, 1, { hold_s: 8 }), 1, 19).recipe;
  assert.deepEqual(shorter.keyframes.map(({ hold_s }) => hold_s), [5, 0.9, 0]);
});

test('all are put on their nearest beats, and none on that of another', () => {
  const beats = [0, 0.5, 1, 1.5, 2, 2.5];
  const so = aligned(recipe(0.1, 0.2, 1.4), (at) => snapped(at, beats));
  assert.deepEqual(times(so), [0, 0.2, 1.5]);
});

test('what was done is undone and done again; a drag is one step', () => {
  let so = done(begun('a'), 'b');
  for (const step of ['c', 'd', 'e']) so = done(so, step, 'drag 1');
  assert.equal(undone(so).now, 'b');
  assert.equal(undone(undone(so)).now, 'a');
  assert.equal(redone(undone(so)).now, 'e');
  assert.equal(redone(so).now, 'e');
  assert.equal(undone(begun('a')).now, 'a');
  const apart = done(rested(so), 'f', 'drag 1');
  assert.equal(undone(apart).now, 'e');
  assert.equal(done(undone(so), 'x').future.length, 0);
  assert.equal(done(so, 'e'), so);
});

test('keyframes stand as the film has them, and as they were where that cannot be shown', () => {
  const round = { ...recipe(0, 30.0004, 50), loop: true };
  const so = asFilmed(round, [0, 30.0002, 41.23456]);
  assert.deepEqual(times(so), [0, 30.0004, 41.235]);
  assert.equal(so.keyframes[1], round.keyframes[1]); // what did not move is the same
  assert.equal(asFilmed(so, [0, 30.0004, 41.235]), so);
  assert.equal(asFilmed(round, [20, 41, 3.5]), round); // one comes after the end, which is after the beginning
  assert.equal(asFilmed(round, [0, 0.01, 40]), round);
  assert.equal(asFilmed(round, [0, 20, 59.95]), round);
  const staying = changed(round, 2, { hold_s: 5 });
  assert.equal(asFilmed(staying, [0, 30, 57]), staying);
});
