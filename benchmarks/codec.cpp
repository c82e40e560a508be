// SPDX-License-Identifier: MIT
// Encoding and decoding an event of 97 bytes and one of 1 kB, against a writer and a reader written
// for these two structs, and against documents of nlohmann::json.
#include <eventsourcing/codec/json.hpp>

#include "codec_by_hand.hpp"
#include "codec_events.hpp"
#include "compare.hpp"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <string>
#include <string_view>

namespace es = eventsourcing;

using namespace codec_events;

namespace with_library {

template <class Event>
bool encode(std::string& out, const Event& event) {
    return es::encode_json_to(out, event).has_value();
}
template <class Event>
bool decode(std::string_view text, Event& event) {
    return es::decode_json_to(event, text).has_value();
}

} // namespace with_library

namespace with_nlohmann {

using Json = nlohmann::json;

inline Json to_document(const EntityAttacked& e) {
    return {{"entity_id", e.entity_id},
            {"damage", e.damage},
            {"weapon", e.weapon},
            {"critical", e.critical}};
}
inline Json to_document(const OrderPlaced& e) {
    Json lines = Json::array();
    for (const auto& line : e.lines)
        lines.push_back({{"sku", line.sku},
                         {"title", line.title},
                         {"quantity", line.quantity},
                         {"price", line.price}});
    Json out{{"order_id", e.order_id},
             {"customer_id", e.customer_id},
             {"placed_at", e.placed_at},
             {"lines", std::move(lines)},
             {"ship_to",
              {{"name", e.ship_to.name},
               {"street", e.ship_to.street},
               {"city", e.ship_to.city},
               {"zip", e.ship_to.zip},
               {"country", e.ship_to.country}}},
             {"note", nullptr},
             {"total", e.total},
             {"gift", e.gift}};
    if (e.note)
        out["note"] = *e.note;
    return out;
}

inline void from_document(const Json& j, EntityAttacked& e) {
    j.at("entity_id").get_to(e.entity_id);
    j.at("damage").get_to(e.damage);
    j.at("weapon").get_to(e.weapon);
    j.at("critical").get_to(e.critical);
}
inline void from_document(const Json& j, OrderPlaced& e) {
    j.at("order_id").get_to(e.order_id);
    j.at("customer_id").get_to(e.customer_id);
    j.at("placed_at").get_to(e.placed_at);
    e.lines.clear();
    for (const auto& from : j.at("lines")) {
        auto& line = e.lines.emplace_back();
        from.at("sku").get_to(line.sku);
        from.at("title").get_to(line.title);
        from.at("quantity").get_to(line.quantity);
        from.at("price").get_to(line.price);
    }
    const auto& address = j.at("ship_to");
    address.at("name").get_to(e.ship_to.name);
    address.at("street").get_to(e.ship_to.street);
    address.at("city").get_to(e.ship_to.city);
    address.at("zip").get_to(e.ship_to.zip);
    address.at("country").get_to(e.ship_to.country);
    e.note.reset();
    if (const auto& note = j.at("note"); !note.is_null())
        note.get_to(e.note.emplace());
    j.at("total").get_to(e.total);
    j.at("gift").get_to(e.gift);
}

template <class Event>
bool encode(std::string& out, const Event& event) {
    out += to_document(event).dump();
    return true;
}
template <class Event>
bool decode(std::string_view text, Event& event) {
    from_document(Json::parse(text), event);
    return true;
}

} // namespace with_nlohmann

/// Writes the event so many times, into a text that is reused.
template <class Event, bool encode(std::string&, const Event&)>
compare::Work encoding(unsigned long operations) {
    return [=, event = example<Event>(), out = std::string()]() mutable {
        unsigned long sum = 0;
        for (auto left = operations; left > 0; --left) {
            out.clear();
            if (!encode(out, event))
                std::abort();
            sum += out.size();
        }
        return sum;
    };
}

/// Reads the text so many times: into an event that is reused, as its strings are then.
template <class Event, bool decode(std::string_view, Event&), Order order = Order::declared>
compare::Work decoding(unsigned long operations) {
    return [=, text = example_text<Event>(order), event = Event()]() mutable {
        unsigned long sum = 0;
        for (auto left = operations; left > 0; --left) {
            if (!decode(text, event))
                std::abort();
            sum += checksum(event);
        }
        return sum;
    };
}

/// All three write the same text and read the same event, in both orders of the members.
template <class Event>
void check_that_all_agree() {
    const auto check = [](bool holds) {
        if (!holds) {
            std::fputs("the sides of a comparison do different things\n", stderr);
            std::exit(1);
        }
    };
    const auto event = example<Event>();
    const auto text = example_text<Event>(Order::declared);
    std::string written;
    check(with_library::encode(written, event) && written == text);
    written.clear();
    check(codec_by_hand::encode(written, event) && written == text);
    written.clear();
    check(with_nlohmann::encode(written, event) && written.size() == text.size());
    for (const auto order : {Order::declared, Order::shuffled}) {
        Event read;
        check(with_library::decode(example_text<Event>(order), read) && read == event);
        read = {};
        check(with_nlohmann::decode(example_text<Event>(order), read) && read == event);
    }
    Event read;
    check(codec_by_hand::decode(text, read) && read == event);
}

template <class Event>
std::vector<compare::Comparison> comparisons(const std::string& size, unsigned long operations) {
    constexpr double limit = 2.5;
    constexpr double shuffled_limit = 4;
    constexpr double document_limit = 1 / 6.0;
    const auto by_hand_decoding = decoding<Event, codec_by_hand::decode>;
    return {
        {"encode " + size, encoding<Event, with_library::encode>,
         encoding<Event, codec_by_hand::encode>, operations, limit, limit},
        {"decode " + size, decoding<Event, with_library::decode>, by_hand_decoding, operations,
         limit, limit},
        {"decode " + size + ", members shuffled",
         decoding<Event, with_library::decode, Order::shuffled>, by_hand_decoding, operations,
         shuffled_limit, shuffled_limit},
        {"encode " + size + ", to a nlohmann document", encoding<Event, with_library::encode>,
         encoding<Event, with_nlohmann::encode>, operations, 0, document_limit},
        {"decode " + size + ", to a nlohmann document", decoding<Event, with_library::decode>,
         decoding<Event, with_nlohmann::decode>, operations, 0, document_limit},
        {"decode " + size + ", members shuffled, to a nlohmann document",
         decoding<Event, with_library::decode, Order::shuffled>,
         decoding<Event, with_nlohmann::decode, Order::shuffled>, operations, 0, document_limit},
    };
}

int main(int argc, char** argv) {
    check_that_all_agree<EntityAttacked>();
    check_that_all_agree<OrderPlaced>();
    auto rows = comparisons<EntityAttacked>("97 bytes", 100'000);
    for (auto& row : comparisons<OrderPlaced>("1 kB", 10'000))
        rows.push_back(std::move(row));
    return compare::main(argc, argv, rows);
}
