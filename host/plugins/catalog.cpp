#include "plugins/catalog.hpp"

#include <algorithm>
#include <set>
#include <tapedeck/layer/core.hpp>

#include "base/text.hpp"
#include "plugins/discover.hpp"
#include "plugins/examine.hpp"

namespace tapedeck {
namespace {

bool names(const CatalogEntry &entry, std::string_view id_or_path) {
  if (entry.id == id_or_path) return true;
  if (id_or_path.find('/') == std::string_view::npos) return false;
  std::error_code error;
  return std::filesystem::weakly_canonical(id_or_path, error) == entry.path;
}

std::vector<std::filesystem::path> all_files(const CatalogSettings &settings) {
  std::vector<std::filesystem::path> files;
  std::set<std::filesystem::path> seen;
  for (const auto &directory : settings.directories)
    for (auto &file : plugin_files(directory))
      if (seen.insert(file).second) files.push_back(std::move(file));
  return files;
}

}  // namespace

std::string_view plugin_state_name(PluginState state) noexcept {
  return state == PluginState::Available ? "available"
         : state == PluginState::Loaded  ? "loaded"
                                         : "refused";
}

std::string CatalogEntry::line() const {
  const std::string head = path.string() + ": " + std::string(plugin_state_name(state)) + ": ";
  return head + (state == PluginState::Refused ? reason : id + " " + version);
}

PluginCatalog::PluginCatalog(CatalogSettings settings) : settings_(std::move(settings)) {
  for (auto &found : examine_files(all_files(settings_), settings_)) add(std::move(found));
}

void PluginCatalog::add(std::vector<CatalogEntry> found) {
  std::lock_guard lock(mutex_);
  for (auto &entry : found) {
    const auto same = std::find_if(entries_.begin(), entries_.end(), [&](const CatalogEntry &e) {
      return !entry.id.empty() && e.id == entry.id && e.state != PluginState::Refused;
    });
    if (same != entries_.end() && entry.state != PluginState::Refused) {
      entry.state = PluginState::Refused;
      entry.reason = "its id " + entry.id + " is taken by " + same->path.string();
    }
    entries_.push_back(std::move(entry));
  }
}

std::vector<CatalogEntry> PluginCatalog::entries() const {
  std::lock_guard lock(mutex_);
  return entries_;
}

CatalogEntry PluginCatalog::find(std::string_view id_or_path) const {
  std::lock_guard lock(mutex_);
  const CatalogEntry *refused = nullptr;
  std::vector<std::string> ids;
  for (const auto &entry : entries_) {
    if (entry.state != PluginState::Refused) ids.push_back(entry.id);
    if (!names(entry, id_or_path)) continue;
    if (entry.state != PluginState::Refused) return entry;
    refused = &entry;
  }
  if (refused != nullptr) throw Error(TDK_INCOMPATIBLE, refused->line());
  const auto meant = nearest(id_or_path, ids);
  throw Error(TDK_NOT_FOUND, "no plugin '" + printable(id_or_path, 80) + "'" +
                                 (meant.empty() ? "" : "; did you mean '" + meant + "'?"));
}

const Module &PluginCatalog::load(std::string_view id_or_path) {
  const bool is_path = id_or_path.find('/') != std::string_view::npos;
  const auto known = entries();
  if (is_path &&
      std::none_of(known.begin(), known.end(), [&](const auto &e) { return names(e, id_or_path); }))
    for (auto &found : examine_files({std::filesystem::path(id_or_path)}, settings_))
      add(std::move(found));
  const auto entry = find(id_or_path);
  const auto mark = [&](PluginState state, const std::string &reason) {
    std::lock_guard lock(mutex_);
    for (auto &e : entries_)
      if (e.path == entry.path && e.state != PluginState::Refused) {
        e.state = state;
        e.reason = reason;
      }
  };
  try {
    const auto &module = Module::load(entry.path);
    mark(PluginState::Loaded, "");
    return module;
  } catch (const Error &e) {
    mark(PluginState::Refused, e.what());
    throw Error(e.code(), entry.path.string() + ": refused: " + e.what());
  }
}

std::vector<CatalogEntry> check_plugin_file(const std::filesystem::path &file,
                                            const CatalogSettings &settings) {
  return examine_files({file}, settings, Probing::Always).front();
}

}  // namespace tapedeck
