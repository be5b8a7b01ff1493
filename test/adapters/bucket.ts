/** A bucket of a local S3, written with the real SDK. */
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

export const BUCKET = "trail-logs";
/** `fileKey(7)` → the key of a log file as CloudTrail names it. */
export const fileKey = (n: number) =>
  `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/111122223333_CloudTrail_us-east-1_20261120T10${String(n % 60).padStart(2, "0")}Z_${String(n).padStart(4, "0")}.json.gz`;

export async function openBucket(endpoint: string) {
  const credentials = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "none" };
  const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  return {
    async put(key: string, body: Buffer): Promise<void> {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
    },
    close: () => s3.destroy(),
  };
}
