#include "sim/twelvedata/query.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "sim/text.hpp"

namespace tapedeck::sim::twelvedata {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const char *begin = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(begin, begin + 2, byte, 16).ptr == begin + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string credits_text(std::int64_t used, std::int64_t limit) {
  return concat({std::to_string(used), " API credits were used, with the current limit being ",
                 std::to_string(limit)});
}

constexpr std::string_view kPricing = "https://twelvedata.com/pricing";

}  // namespace

void refuse(int code, std::string message) { throw ApiError{code, std::move(message)}; }

std::string json_text(std::string_view text) {
  return boost::json::serialize(
      boost::json::value(boost::json::string_view(text.data(), text.size())));
}

std::string error_body(const ApiError &error) {
  return concat({"{\"code\":", std::to_string(error.code),
                 ",\"message\":", json_text(error.message), ",\"status\":\"error\"}"});
}

ApiError wrong_key() {
  return {401, concat({"**apikey** parameter is incorrect or not specified. You can get your free "
                       "API key instantly following this link: ",
                       kPricing,
                       ". If you believe that everything is correct, you can contact us at "
                       "https://twelvedata.com/contact/customer"})};
}

ApiError unknown_symbol() {
  return {404,
          "**symbol** or **figi** parameter is missing or invalid. Please provide a valid symbol "
          "according to API documentation: https://twelvedata.com/docs#reference-data"};
}

ApiError no_data() {
  return {400,
          "No data is available on the specified dates. Try setting different start/end dates."};
}

ApiError minute_is_over(std::int64_t used, std::int64_t limit) {
  return {429, concat({"You have run out of API credits for the current minute. ",
                       credits_text(used, limit),
                       ". Wait for the next minute or consider switching to a higher tier plan at ",
                       kPricing})};
}

ApiError day_is_over(std::int64_t used, std::int64_t limit) {
  return {429, concat({"You have run out of API credits for the day. ", credits_text(used, limit),
                       ". Wait for the next day or consider switching to a higher tier plan at ",
                       kPricing})};
}

ApiError not_in_plan(std::string_view path) {
  return {403, concat({path,
                       " is available exclusively with grow or pro or ultra or venture or "
                       "enterprise plans. Consider upgrading your API Key now at ",
                       kPricing})};
}

ApiError error_of(int code) {
  switch (code) {
    case 401:
      return wrong_key();
    case 403:
      return not_in_plan("/dividends");
    case 404:
      return unknown_symbol();
    case 414:
      return {414, "Input parameter array exceeds the allowed length"};
    case 429:
      return minute_is_over(9, 8);
    default:
      break;
  }
  if (code >= 500) return {code, "Internal server error"};
  return {code, "Invalid or incorrect parameter(s)"};
}

std::optional<std::vector<std::pair<std::string, std::string>>> batch_entries(
    std::string_view body) {
  boost::system::error_code error;
  const boost::json::value value = boost::json::parse({body.data(), body.size()}, error);
  const boost::json::object *object = error ? nullptr : value.if_object();
  if (object == nullptr || object->empty()) return std::nullopt;
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto &[id, entry] : *object) {
    const boost::json::object *asked = entry.if_object();
    const boost::json::value *url = asked ? asked->if_contains("url") : nullptr;
    if (url == nullptr || !url->is_string()) return std::nullopt;
    const boost::json::string &text = url->get_string();
    out.emplace_back(std::string(id.data(), id.size()), std::string(text.data(), text.size()));
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char &c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

Query Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const std::string_view pair = raw.substr(0, raw.find('&'));
    raw.remove_prefix(std::min(raw.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    query.fields_.push_back(
        {lower(decoded(pair.substr(0, equals))), decoded(pair.substr(equals + 1))});
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const Field &field : fields_)
    if (field.name == name && !field.value.empty()) return field.value;
  return std::nullopt;
}

std::string_view Query::get(std::string_view name, std::string_view otherwise) const {
  return find(name).value_or(otherwise);
}

std::vector<std::string> Query::list(std::string_view name) const {
  std::vector<std::string> out;
  std::string_view text = get(name);
  while (!text.empty()) {
    const std::string_view element = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), element.size() + 1));
    if (!element.empty()) out.emplace_back(element);
  }
  return out;
}

}  // namespace tapedeck::sim::twelvedata
