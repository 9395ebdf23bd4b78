import type { SchemaElement } from 'hyparquet'

/** The schema of a Parquet file with a picture and its class in each row, as Hugging Face writes it. */
export const pictureSchema: Array<SchemaElement> = [
  { name: 'root', num_children: 2 },
  { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
  { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
  { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'label', type: 'INT64', repetition_type: 'OPTIONAL' }
]
