import { type Call, notFound, ok, type Reply } from './call.ts';
import { userEntity } from './entities.ts';

/** An App in exchange for the code that its maker was sent back with. https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest */
export function convertManifest(call: Call): Reply {
  const code = call.at['code'] ?? '';
  const made = call.world.manifests.get(code);
  if (made === undefined) throw notFound();
  call.world.manifests.delete(code);
  const { id, slug, pem, webhookSecret } = made;
  return ok(
    {
      id,
      slug,
      name: slug,
      owner: userEntity(call.world, call.user),
      html_url: `${call.world.url}/apps/${slug}`,
      client_id: 'Iv1.0123456789',
      client_secret: 'a-client-secret-that-nobody-needs',
      webhook_secret: webhookSecret,
      pem,
    },
    201,
  );
}
