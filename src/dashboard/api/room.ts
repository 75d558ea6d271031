import { Type } from 'typebox';
import { type ApiRoute, apiRoute, type Room } from '../room.ts';
import { openapiDocument } from './openapi.ts';

/** The description of all that programs can ask, of its own address too. */
export function apiRoom(rooms: readonly Room[], version: string): Room {
  const own: ApiRoute = apiRoute({
    path: '/api/v1/openapi.json',
    summary: 'This document.',
    reply: Type.Object(
      { openapi: Type.String(), paths: Type.Object({}, { description: 'What can be asked, by path.' }) },
      { description: 'OpenAPI 3.1' },
    ),
    read: async () => document,
  });
  const document = openapiDocument([...rooms.flatMap(({ api = [] }) => api), own], version);
  return { pages: [], api: [own] };
}
