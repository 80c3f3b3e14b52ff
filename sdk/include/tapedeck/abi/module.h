/* tapedeck/abi/module.h - descriptors, options, instances and the one exported function. */
#ifndef TDK_ABI_MODULE_H
#define TDK_ABI_MODULE_H

#include <tapedeck/abi/host.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_OPT_STRING 0u
#define TDK_OPT_INT 1u
#define TDK_OPT_NUMBER 2u
#define TDK_OPT_BOOL 3u
#define TDK_OPT_DURATION 4u     /* "250ms", "5m", handed over as written */
#define TDK_OPT_REQUIRED 1u
#define TDK_OPT_SECRET 2u       /* never logged, may come from the environment */
typedef struct tdk_option {     /* grows: use the stride */
  uint32_t struct_size;
  uint32_t type;                /* TDK_OPT_STRING.. */
  uint32_t flags;               /* TDK_OPT_REQUIRED.. */
  uint32_t reserved;
  const char *key;
  const char *default_value;    /* NULL: none */
  const char *help;
  const char *choices;          /* "a|b|c": the only values allowed; NULL: any */
} tdk_option;

#define TDK_PLUGIN_CONCURRENT 1u /* [I] calls may overlap */
#define TDK_PLUGIN_SINGLETON 2u  /* one instance per process */
typedef struct tdk_descriptor { /* static */
  uint32_t struct_size;
  uint32_t min_host_abi;        /* oldest TDK_ABI_VERSION that will do; 0: any of this major */
  const char *id;               /* "binance", "com.example.acme": [a-z0-9.-]{3,64}, never changes */
  const char *name;
  const char *version;          /* semver of the plugin */
  const char *vendor;
  const char *license;
  const char *url;
  const char *description;
  const char *const *interfaces; /* NULL-terminated iids an instance offers */
  uint32_t flags;               /* TDK_PLUGIN_* */
  uint32_t reserved;
  const tdk_option *options;
  uint64_t option_count;
  uint64_t option_stride;
} tdk_descriptor;

typedef struct tdk_plugin {     /* an instance; owned by the plugin until destroy() */
  uint32_t struct_size;
  uint32_t reserved;
  void *self;
  /* [I] NULL if not offered; static, the same for every instance of one descriptor */
  const void *(TDK_CALL *get_interface)(void *self, const char *iid);
  /* [I] cheap liveness probe, may be NULL */
  tdk_status(TDK_CALL *health)(void *self, tdk_error *err);
  /* [I] stops the plugin's own threads and frees everything; never fails */
  void(TDK_CALL *destroy)(void *self);
} tdk_plugin;

typedef struct tdk_module {     /* static */
  uint32_t struct_size;
  uint32_t abi_version;         /* TDK_ABI_VERSION the plugin was compiled with */
  const char *sdk;              /* e.g. "tapedeck-c++ 1.0.0 gcc 12.2" - for the log only */
  const tdk_descriptor *const *descriptors; /* NULL-terminated */
  /* [T] `options` are the configured values (validated, defaults filled in), borrowed.
   * On success *out is filled; caller has set out->struct_size and zeroed the rest. */
  tdk_status(TDK_CALL *create)(const tdk_host *host, const char *id, const tdk_kv *options,
                               uint64_t option_count, tdk_plugin *out, tdk_error *err);
} tdk_module;

/* The entry. No side effects, no I/O, no threads; may be called more than once; never NULL.
 * `host_abi_version` lets a plugin that has two tables choose. */
typedef const tdk_module *(TDK_CALL *tdk_entry_fn)(uint32_t host_abi_version);
TDK_EXPORT const tdk_module *TDK_CALL tdk_plugin_entry_v1(uint32_t host_abi_version);

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_MODULE_H */
