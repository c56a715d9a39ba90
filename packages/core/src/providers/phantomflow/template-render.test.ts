import { describe, expect, it } from 'vitest';
import { inTurn } from '../../testing/answers.ts';
import { MOVIE, rejection, setStage } from '../../testing/scripted-client.ts';
import { validateOffline } from '../../validation/validate-request.ts';
import { phantomflow } from './index.ts';

describe('a template render whose id is spelt in another way', () => {
  it.each(['templateId', 'templateID', 'template-id', 'TemplateId', 'templateid'])(
    'as %s is told how the API spells it, and nothing else is said against it',
    (field) => {
      const { valid, issues } = validateOffline(phantomflow, { [field]: 'tpl_1', variables: { headline: 'Hi' } });
      expect(valid).toBe(false);
      expect(issues).toEqual([
        {
          field: 'template_id',
          message: expect.stringMatching(new RegExp(`^Did you mean "template_id"\\? "${field}"`)),
        },
      ]);
    },
  );

  it('is not submitted, and no schema is asked for', async () => {
    const { clock, client, wire } = setStage('phantomflow', inTurn({ status: 500 }));
    expect((await clock.run(rejection(client.submit({ templateId: 'tpl_1' })))).record).toMatchObject({
      code: 'INVALID_REQUEST',
      field: 'template_id',
    });
    expect(await clock.run(client.validate({ templateId: 'tpl_1' }))).toMatchObject({ valid: false });
    expect(wire.requests).toEqual([]);
  });

  it('is no template render where there are scenes, or the right spelling too', () => {
    expect(phantomflow.check({ ...MOVIE, templateId: 'tpl_1' })).toEqual([]);
    expect(phantomflow.check({ template_id: 'tpl_1', templateId: 'tpl_2' })).toEqual([]);
    expect(phantomflow.check({ templateIdea: 'x' })).toMatchObject([{ field: 'scenes' }]);
  });
});
