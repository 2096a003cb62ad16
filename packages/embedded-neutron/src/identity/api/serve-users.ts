import type { Context } from 'hono';
import { z } from 'zod';
import { KeystoneError, unauthorized } from '../../errors.ts';
import { clientAddress } from '../../http/client-address.ts';
import { parseRequest } from '../auth-request.ts';
import { checkSecret } from '../authenticate.ts';
import { isAdministrator } from '../identity.ts';
import { hashPassword } from '../password.ts';
import { answerList } from './answer-list.ts';
import { renderProject } from './entities/project.ts';
import { newPassword, userApi } from './entities/user.ts';
import { forbidden, type IdentityRoutes, requireAdmin } from './identity-routes.ts';
import { readMember } from './read-member.ts';

const passwordChange = z.strictObject({ original_password: z.string().max(4096), password: newPassword });

/**
 * Adds what belongs to one user besides the user itself: password, projects, and the groups, of which there
 * are none.
 */
export function serveUsers({ app, identity, url, principal }: IdentityRoutes): void {
  const { directory } = identity;
  const { users } = directory;

  // The original password authenticates the caller, so that a token is not necessary, as in Keystone.
  app.post('/v3/users/:id/password', async (context) => {
    const id = context.req.param('id');
    const body = parseRequest(passwordChange, await readMember(context, 'user'));
    const user = users.get(id);
    const attempt = { address: clientAddress(context), name: `password ${id.slice(0, 64)}` };
    const isRight = await checkSecret(identity, attempt, body.original_password, user?.passwordHash);
    if (!user || !isRight || !directory.isActive(user)) {
      throw unauthorized();
    }
    users.requireStored(id, 'changed');
    const passwordHash = await identity.logins.work(attempt, () => hashPassword(body.password));
    await identity.nb.change((tx) => {
      const before = users.require(id);
      // An admin may have set another password meanwhile.
      if (before.passwordHash !== user.passwordHash) throw unauthorized();
      const after = { ...before, passwordHash };
      users.update(tx, after);
      userApi.onChange?.(tx, identity, before, after);
    });
    return context.body(null, 204);
  });

  const readable = async (context: Context, action: string) => {
    const caller = await principal(context);
    const id = context.req.param('id') ?? '';
    if (caller.user.id !== id && !isAdministrator(caller)) throw forbidden(action);
    return users.require(id);
  };
  app.get('/v3/users/:id/projects', async (context) => {
    const { id } = await readable(context, 'list_user_projects');
    const projects = directory.scopesOf(id, 'project').flatMap((each) => directory.projects.get(each) ?? []);
    return answerList(
      context,
      url,
      'projects',
      projects.map((project) => renderProject(project, url)),
      ['name', 'domain_id', 'enabled'],
    );
  });
  app.get('/v3/users/:id/groups', async (context) => {
    await readable(context, 'list_groups_for_user');
    return answerList(context, url, 'groups', [], []);
  });

  app.get('/v3/groups', async (context) => {
    requireAdmin(await principal(context), 'list_groups');
    return answerList(context, url, 'groups', [], []);
  });
  app.post('/v3/groups', async (context) => {
    requireAdmin(await principal(context), 'create_group');
    throw new KeystoneError(403, 'embedded-neutron has no groups: assign roles to users.');
  });
  app.all('/v3/groups/:id{.+}', async (context) => {
    requireAdmin(await principal(context), 'get_group');
    throw new KeystoneError(404, `Could not find group: ${context.req.param('id').split('/')[0]}.`);
  });
}
