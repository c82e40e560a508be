// SPDX-License-Identifier: MIT
// Compiles with exceptions only: what a from_json of nlohmann's is given, it refuses by throwing.
#include <eventsourcing/codec/json.hpp>

#include <nlohmann/json.hpp>

namespace shop {

class Price {
public:
    friend void to_json(nlohmann::json& j, const Price& price) { j = {{"cents", price.cents_}}; }
    friend void from_json(const nlohmann::json& j, Price& price) {
        j.at("cents").get_to(price.cents_);
    }

private:
    int cents_ = 0;
};

} // namespace shop

bool reads(std::string_view text) {
    return eventsourcing::decode_json<shop::Price>(text).has_value();
}
