import { Agent, request } from 'undici';
import type { ApiReply, ApiRequest, ClusterAddress } from '../../src/domain/cluster.ts';

/** A request that somebody else makes, as the cluster's admin can: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation */
export async function askAs(
  { url, ca = '', token = '' }: ClusterAddress,
  user: string,
  { method, path, body }: Pick<ApiRequest, 'method' | 'path'> & { readonly body?: object },
  groups: readonly string[] = [],
): Promise<Pick<ApiReply, 'status' | 'body'>> {
  const agent = new Agent({ connect: { ca } });
  try {
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'impersonate-user': user,
      ...(groups.length > 0 && { 'impersonate-group': [...groups] }),
    };
    const reply = await request(`${url}${path}`, { dispatcher: agent, method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: reply.statusCode, body: await reply.body.text() };
  } finally {
    await agent.close();
  }
}
