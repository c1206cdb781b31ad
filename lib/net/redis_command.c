/* Scripts, as a Redis server finds them again. */
/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/net/redis_command.h"

#include <openssl/evp.h>

#include "lib/base/digest.h"
#include "lib/base/memory.h"

void
redis_script_init(struct redis_script *script, struct span text)
{
	unsigned char sha1[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	struct buf hex = BUF_INIT(sizeof(script->sha1) - 1);

	if (EVP_Digest(text.ptr, text.len, sha1, &len, EVP_sha1(), NULL) != 1)
		memory_exhausted();
	hex_add(&hex, span_of(sha1, len));
	memcpy(script->sha1, buf_cstr(&hex), hex.len + 1);
	buf_clear(&hex);
	script->text = text;
}
