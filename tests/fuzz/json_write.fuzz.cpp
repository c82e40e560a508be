// SPDX-License-Identifier: MIT
// Any value, made of the bytes: the library writes it where nlohmann can write the same document,
// the text is that document to nlohmann's parser, and it is read back as the same value.
#include <eventsourcing/codec/json.hpp>

#include "fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace es = eventsourcing;
using fuzz::require;
using nlohmann::json;

struct Line {
    std::string title;
    std::uint32_t quantity = 0;
    double price = 0;
    bool operator==(const Line&) const = default;
};
struct Order {
    std::string id;
    std::int64_t placed_at = 0;
    std::optional<std::string> note;
    bool gift = false;
    float weight = 0;
    std::vector<Line> lines;
    std::map<std::string, std::int8_t> counts;
    bool operator==(const Order&) const = default;
};

/// Returns the bytes of an input; zeros after its end.
class Bytes {
public:
    explicit Bytes(std::string_view bytes) : bytes_(bytes) {}

    template <class T>
    T value() {
        T out{};
        std::memcpy(&out, bytes_.data(), std::min(sizeof out, bytes_.size()));
        bytes_.remove_prefix(std::min(sizeof out, bytes_.size()));
        return out;
    }
    std::size_t size(std::size_t end) { return value<std::uint8_t>() % end; }
    std::string text() {
        const auto count = size(8) == 0 ? 4 * value<std::uint8_t>() : size(24); // some are long
        std::string out(bytes_.substr(0, static_cast<std::size_t>(count)));
        bytes_.remove_prefix(out.size());
        return out;
    }

private:
    std::string_view bytes_;
};

Order order_of(Bytes bytes) {
    Order out;
    out.placed_at = bytes.value<std::int64_t>();
    out.weight = bytes.value<float>();
    out.gift = bytes.size(2) == 1;
    out.id = bytes.text();
    if (bytes.size(2) == 1)
        out.note = bytes.text();
    for (auto left = bytes.size(5); left > 0; --left)
        out.lines.push_back({bytes.text(), bytes.value<std::uint32_t>(), bytes.value<double>()});
    for (auto left = bytes.size(4); left > 0; --left)
        out.counts[bytes.text()] = bytes.value<std::int8_t>();
    return out;
}

bool is_finite(const Order& order) {
    for (const auto& line : order.lines)
        if (!std::isfinite(line.price))
            return false;
    return std::isfinite(order.weight);
}

json document_of(const Order& order) {
    json lines = json::array();
    for (const auto& line : order.lines)
        lines.push_back(
            {{"title", line.title}, {"quantity", line.quantity}, {"price", line.price}});
    return {{"id", order.id},
            {"placed_at", order.placed_at},
            {"note", order.note ? json(*order.note) : json()},
            {"gift", order.gift},
            {"weight", order.weight},
            {"lines", lines},
            {"counts", order.counts}};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto order = order_of(Bytes(fuzz::text_of(data, size)));
    const auto document = document_of(order);
    const auto dumped = [&]() -> std::optional<std::string> {
        try {
            return document.dump(); // throws where a string is not UTF-8
        } catch (const json::type_error&) {
            return std::nullopt;
        }
    }();

    std::string out = "before";
    const auto written = es::encode_json_to(out, order);
    require(written.has_value() == (dumped && is_finite(order)), "written if it can be", out);
    if (!written) {
        require(written.error().kind() == es::errc::invalid, "invalid");
        fuzz::require_readable(written.error().message());
        require(out == "before", "nothing is left of what can't be written", out);
        return 0;
    }
    const auto text = std::string_view(out).substr(6);
    const auto parsed = json::parse(text);
    require(parsed["weight"].get<float>() == order.weight, "the same float", text);
    auto expected = json::parse(*dumped);
    expected["weight"] = parsed["weight"]; // as a double it has more digits there
    require(parsed == expected, "the document that nlohmann writes", text);

    const auto read = es::decode_json<Order>(text);
    require(read.has_value(), "what was written can be read", text);
    require(*read == order, "the same value", text);
    require(*es::encode_json(*read) == text, "the same text", text);
    return 0;
}
