import { expect, it } from 'vitest';
import { inTurn } from '../../testing/answers.ts';
import { setRendobarStage } from '../../testing/rendobar-stage.ts';
import { rejection } from '../../testing/scripted-client.ts';

it('lists the buckets', async () => {
  const demo = { id: 'demo', provider: 'r2', bucket: 'films', endpoint: 'https://r2.example', access: 'read' };
  const { clock, client, wire } = setRendobarStage(inTurn({ body: { data: [demo, { provider: 's3' }] } }));
  expect(await clock.run(client.storage.list())).toEqual([demo]);
  expect(wire.log()).toEqual(['GET /storage']);
});

it('lists what a bucket holds, page by page', async () => {
  const object = { key: 'a.mp4', size: 10, lastModified: 1_788_000_000_000 };
  const first = {
    folders: ['raw/'],
    objects: [object, { size: 1 }, { key: 'b.mp4', lastModified: null }],
    cursor: 'c2',
  };
  const { clock, client, wire } = setRendobarStage(
    inTurn({ body: { data: first } }, { body: { data: { folders: [], objects: [], cursor: null } } }),
  );
  const page = await clock.run(client.storage.objects('demo', { prefix: 'in put/', limit: 2 }));
  expect(page).toEqual({ folders: ['raw/'], objects: [object, { key: 'b.mp4' }], cursor: 'c2' });
  const last = await clock.run(client.storage.objects('demo', { cursor: 'c2' }));
  expect(last).toEqual({ folders: [], objects: [] });
  expect(wire.log()).toEqual([
    'GET /storage/demo/objects?prefix=in+put%2F&limit=2',
    'GET /storage/demo/objects?cursor=c2',
  ]);
  expect((await rejection(client.storage.objects('a/b'))).record).toMatchObject({ field: 'storageId' });
});
