import type { Context } from 'hono';
import { KeystoneError } from '../../errors.ts';
import { type AccessRule, renderRule } from '../access-rules.ts';
import { forbidden, type IdentityRoutes } from './identity-routes.ts';

/**
 * Adds /v3/users/{id}/access_rules. Only that user may call them. A rule is created with an application
 * credential, never changes, and can be deleted when no credential has it.
 */
export function serveAccessRules({ app, identity, url, principal }: IdentityRoutes): void {
  const { credentials } = identity;
  const collection = '/v3/users/:user/access_rules';

  const owner = async (context: Context, action: string): Promise<string> => {
    const { user } = await principal(context);
    if (user.id !== context.req.param('user')) throw forbidden(action);
    return user.id;
  };
  const own = (userId: string, id: string): AccessRule => {
    const rule = credentials.rules.get(id);
    if (rule?.user_id === userId) return rule;
    throw new KeystoneError(404, `Could not find Access Rule: ${id}.`);
  };
  const render = (userId: string, rule: AccessRule) => ({
    ...renderRule(rule),
    links: { self: `${url}/v3/users/${userId}/access_rules/${rule.id}` },
  });

  app.get(collection, async (context) => {
    const userId = await owner(context, 'list_access_rules');
    const { service, method, path } = context.req.query();
    const wanted = (value: string, filter: string | undefined) => filter === undefined || value === filter;
    const rules = credentials.rules
      .list(userId)
      .filter(
        (rule) => wanted(rule.service, service) && wanted(rule.method, method) && wanted(rule.path, path),
      );
    return context.json({
      access_rules: rules.map((rule) => render(userId, rule)),
      links: { next: null, self: `${url}${context.req.path}`, previous: null },
    });
  });
  app.get(`${collection}/:id`, async (context) => {
    const userId = await owner(context, 'get_access_rule');
    return context.json({ access_rule: render(userId, own(userId, context.req.param('id'))) });
  });
  app.delete(`${collection}/:id`, async (context) => {
    const userId = await owner(context, 'delete_access_rule');
    await credentials.deleteRule(userId, own(userId, context.req.param('id')).id);
    return context.body(null, 204);
  });
}
