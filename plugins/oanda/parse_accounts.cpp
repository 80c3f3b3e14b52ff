#include "parse.hpp"

#include "elements.hpp"
#include "kit/exact_json.hpp"

#include <tapedeck/layer/core.hpp>

namespace oanda {
namespace {

// The id becomes part of a path.
std::string id_of(kit::JsonValue account) {
  const std::string_view id = account["id"].text();
  if (id.empty() || id.size() > 40 || id.find_first_not_of("0123456789-") != id.npos)
    account["id"].refuse("is no account id");
  return std::string(id);
}

// The name becomes part of a path and of a list.
std::string name_of(kit::JsonValue value) {
  const std::string_view name = value.text();
  const bool legal = !name.empty() && name.size() <= 40 &&
                     name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == name.npos;
  if (!legal) value.refuse("is no name of an instrument");
  return std::string(name);
}

Instrument instrument_of(kit::JsonValue value) {
  constexpr std::int64_t most_decimals = 12;
  Instrument out;
  out.name = name_of(value["name"]);
  out.type = value["type"].text_or("");
  out.display_name = value["displayName"].text_or("");
  if (const kit::JsonValue decimals = value["displayPrecision"]; decimals.exists()) {
    const std::int64_t count = decimals.whole_number();
    if (count < -most_decimals || count > most_decimals) decimals.refuse("is no number of decimals");
    out.decimals = static_cast<int>(count);
  }
  if (const kit::JsonValue tags = value["tags"]; tags.exists())
    for (const kit::JsonValue tag : elements(tags))
      if (tag.is_object() && tag["type"].text_or("") == "ASSET_CLASS")
        out.asset_tag = tag["name"].text_or("");
  return out;
}

}  // namespace

std::string parse_first_account(std::string_view body) {
  const kit::ExactJson tree(body, "oanda accounts");
  for (const kit::JsonValue account : elements(tree.root()["accounts"])) return id_of(account);
  throw tapedeck::Error(TDK_NOT_FOUND,
                        "looking for an account: the token has none; open one on the vendor's site");
}

std::string parse_summary_account(std::string_view body) {
  const kit::ExactJson tree(body, "oanda account summary");
  return id_of(tree.root()["account"]);
}

std::vector<Instrument> parse_instruments(std::string_view body) {
  const kit::ExactJson tree(body, "oanda instruments");
  std::vector<Instrument> out;
  for (const kit::JsonValue value : elements(tree.root()["instruments"]))
    out.push_back(instrument_of(value));
  return out;
}

}  // namespace oanda
