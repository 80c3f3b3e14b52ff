// A library without an entry that is linked to a plugin: dlsym() finds the entry of that one.
extern "C" const void *tdk_plugin_entry_v1(unsigned);

extern "C" __attribute__((visibility("default"))) const void *borrowed() {
  return tdk_plugin_entry_v1(0);
}
