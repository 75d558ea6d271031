import { Type } from 'typebox';
import { byName, choice, secret, section, text, wholeNumber } from './build.ts';
import { login } from './login.ts';

export const server = section(
  {
    host: text('Address to listen on. On anything but loopback the pages need server.login, or server.pages: off.', {
      default: '127.0.0.1',
      examples: ['0.0.0.0'],
    }),
    port: wholeNumber({ minimum: 0, maximum: 65535 }, { description: 'Port to listen on; 0 takes a free one.', default: 3000 }),
    url: Type.Optional(
      text('Public URL, used in links. Without it: http://localhost and the port.', { examples: ['https://lockkeeper.example.com'] }),
    ),
    pages: choice(['on', 'off'], {
      description: 'Whether there is a dashboard and its API; off leaves webhooks, health and metrics.',
      default: 'on',
    }),
    login: Type.Optional(login),
  },
  { description: 'Where the service listens, and how people reach it.', default: {} },
);

export const schedule = section(
  {
    scan: text('When every environment is scanned: cron with five fields (minute, hour, day of month, month, day of week).', {
      default: '0 * * * *',
      examples: ['0 * * * *', '*/15 6-18 * * MON-FRI'],
    }),
    drift: text('When clusters are compared with their repositories: cron with five fields.', {
      default: '23 * * * *',
      examples: ['23 * * * *'],
    }),
    timezone: text('IANA time zone that the schedule is read in.', { default: 'Etc/UTC', examples: ['Europe/Stockholm'] }),
  },
  { description: 'When the work is done without anybody asking.', default: {} },
);

export const store = section(
  {
    url: Type.String({
      minLength: 1,
      description: 'file:FOLDER is the embedded store; a postgres:// URL lets several replicas share the work.',
      default: 'file:./data',
      examples: ['file:./data', 'postgres://lockkeeper:${DB_PASSWORD}@db.example.com/lockkeeper'],
      writeOnly: true,
    }),
  },
  { description: 'Where the journal, the queue and the caches are kept.', default: {} },
);

const slack = section(
  {
    token: secret("The Slack app's bot token.", '${SLACK_TOKEN}'),
    url: text("Base URL of Slack's Web API.", { default: 'https://slack.com/api/', examples: ['https://slack-gov.com/api/'] }),
    channel: text('Channel for everything that has none of its own. Quote it: # starts a comment in YAML.', { examples: ['#deployments'] }),
    channels: byName(text('A channel.', { examples: ['#prod-deployments'] }), {
      description: 'Channel by environment.',
      examples: [{ production: '#prod-deployments' }],
      default: {},
    }),
  },
  { description: 'Messages about deployments and access in Slack.' },
);

export const notifications = section(
  {
    slack: Type.Optional(slack),
    heartbeat: Type.Optional(
      secret('URL that is called after every scheduled scan, so that silence raises an alarm.', 'https://hc.example.com/ping/lockkeeper'),
    ),
  },
  { description: 'Who is told what.', default: {} },
);

export const journal = section(
  {
    anchor: section(
      {
        repository: Type.Optional(
          text('Repository that gets a tag with the newest hash: FORGE:PATH. Better one that Lockkeeper may tag and nobody may rewrite.', {
            examples: ['gitlab:platform/audit'],
          }),
        ),
        slack: Type.Optional(text('Slack channel that is told the newest hash.', { examples: ['#audit'] })),
      },
      { description: 'Where the newest hash is put every hour, so that a cut tail is found.', default: {} },
    ),
  },
  { description: 'The record of everything that was done.', default: {} },
);
