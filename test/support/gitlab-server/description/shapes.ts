import { type TProperties, type TSchema, Type } from 'typebox';

/** What a reply says of something: these fields and no other. */
export const entity = <P extends TProperties>(fields: P) => Type.Object(fields, { additionalProperties: false });

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

export const text = Type.String();
export const flag = Type.Boolean();
export const id = Type.Integer({ minimum: 1 });
export const count = Type.Integer({ minimum: 0 });
export const sha = Type.String({ pattern: '^[0-9a-f]{40}$' });
export const time = Type.String({ format: 'date-time' });
export const address = Type.String({ pattern: '^https?://' });

/** Grape's `allow_blank: false`. */
export const filled = Type.String({ minLength: 1 });

export const order = Type.Optional(Type.Enum(['asc', 'desc']));

/** https://docs.gitlab.com/api/rest/#offset-based-pagination */
export const paging = { page: Type.Optional(Type.Integer()), per_page: Type.Optional(Type.Integer()) };

export const words = (of: string): readonly string[] => of.split(/\s+/);

/** Every key may be left out. */
export const optional = <P extends TProperties>(parameters: P) => Type.Partial(Type.Object(parameters));
