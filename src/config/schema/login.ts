import { Type } from 'typebox';
import { byName, byType, secret, section, text } from './build.ts';

const clientId = text('Id of the application that was registered there for Lockkeeper.', { examples: ['${LOGIN_CLIENT_ID}'] });
const clientSecret = secret("The application's secret.", '${LOGIN_CLIENT_SECRET}');
const forge = text('Forge whose permissions a person has who comes this way.', { examples: ['gitlab'] });

const oidc = section({
  type: Type.Literal('oidc', { description: 'OpenID Connect: GitLab, or any other provider.' }),
  issuer: text("The provider's URL, as it names itself.", { examples: ['https://gitlab.example.com'] }),
  clientId,
  clientSecret,
  forge,
  username: Type.Optional(
    text("Claim that holds the person's user name at the forge; needed where the provider is not the forge itself.", {
      examples: ['preferred_username'],
    }),
  ),
});

const github = section({
  type: Type.Literal('github', { description: 'The OAuth App of a GitHub, github.com or Enterprise Server, that is the forge.' }),
  clientId,
  clientSecret,
  forge,
});

export const login = section(
  {
    secret: secret(
      'At least 32 characters that sessions are sealed with; the same in every replica. A new one ends all sessions.',
      '${LOGIN_SECRET}',
    ),
    sessions: text('How long a person stays logged in.', { default: '12h', examples: ['12h'] }),
    providers: byName(byType({ oidc, github }, { description: 'Where people prove who they are.' }), {
      description: 'Providers by the name that the login page shows.',
      minProperties: 1,
      examples: [
        {
          gitlab: {
            type: 'oidc',
            issuer: 'https://gitlab.example.com',
            clientId: '${LOGIN_CLIENT_ID}',
            clientSecret: '${LOGIN_CLIENT_SECRET}',
            forge: 'gitlab',
          },
        },
      ],
    }),
  },
  { description: 'Who may see the pages: people of the forges, with the permissions that they have there.' },
);
