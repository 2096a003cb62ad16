import { z } from 'zod';
import { KeystoneError } from '../../../errors.ts';
import { deleteProjects } from '../../delete-entities.ts';
import type { Project } from '../../entities.ts';
import { homeDomain } from '../home-domain.ts';
import {
  changedDescribed,
  describedAttributes,
  type EntityApi,
  newDescribed,
  readChange,
  readNew,
  reference,
  requireSame,
} from './entity-api.ts';

const attributes = {
  ...describedAttributes,
  domain_id: reference.nullish(),
  parent_id: reference.nullish(),
  is_domain: z.boolean().optional(),
};

/** A project as Keystone returns it. */
export function renderProject({ extra, ...project }: Project, url: string) {
  return {
    ...extra,
    ...project,
    parent_id: project.domain_id,
    is_domain: false,
    options: {},
    links: { self: `${url}/v3/projects/${project.id}` },
  };
}

/** /v3/projects. */
export const projectApi: EntityApi<Project> = {
  singular: 'project',
  plural: 'projects',
  filters: ['name', 'domain_id', 'enabled', 'parent_id', 'is_domain'],
  store: ({ directory }) => directory.projects,
  domainOf: ({ domain_id }) => domain_id,
  render: renderProject,
  mayRead: ({ directory }, { user }, id) => directory.rolesIn(user.id, { kind: 'project', id }).length > 0,
  make: async ({ identity, caller }, id, body) => {
    const { given, extra } = readNew(attributes, body);
    if (given.is_domain) throw new KeystoneError(400, 'Create a domain by POST /v3/domains.');
    const { domains, projects } = identity.directory;
    const parent = given.parent_id ?? undefined;
    if (parent !== undefined && projects.get(parent)) {
      throw new KeystoneError(403, `Max hierarchy depth reached for ${parent} branch.`);
    }
    if (parent !== undefined && !domains.get(parent)) {
      throw new KeystoneError(400, `Could not find project: ${parent}.`);
    }
    const domain_id = given.domain_id ?? parent ?? homeDomain(identity, caller);
    if (!domains.get(domain_id)) throw new KeystoneError(400, `Could not find domain: ${domain_id}.`);
    if (parent !== undefined && parent !== domain_id) {
      throw new KeystoneError(400, `Could not find project: ${parent}.`);
    }
    return { id, domain_id, ...newDescribed(given, extra) };
  },
  change: async (_change, body) => {
    const { given, extra } = readChange(attributes, body);
    return (before) => {
      requireSame('domain_id', given.domain_id, before.domain_id);
      requireSame('is_domain', given.is_domain, false);
      requireSame('parent_id', given.parent_id, before.domain_id, 403);
      return { ...before, ...changedDescribed(before, given, extra) };
    };
  },
  delete: (tx, identity, { id }) => deleteProjects(tx, identity, new Set([id])),
};
