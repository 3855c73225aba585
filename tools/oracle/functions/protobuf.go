package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

type protoIn struct {
	Object json.RawMessage `json:"object,omitempty"`
	Data   string          `json:"data,omitempty"`
}

func protoEncode(in protoIn) (any, error) {
	o, gvk, _, err := decodeTyped(in.Object)
	if err != nil {
		return nil, err
	}
	o.GetObjectKind().SetGroupVersionKind(gvk)
	s := protobuf.NewSerializer(legacyscheme.Scheme, legacyscheme.Scheme)
	var b bytes.Buffer
	if err := s.Encode(o, &b); err != nil {
		return nil, err
	}
	return obj{"data": base64.StdEncoding.EncodeToString(b.Bytes())}, nil
}

func protoDecode(in protoIn) (any, error) {
	data, err := base64.StdEncoding.DecodeString(in.Data)
	if err != nil {
		return nil, err
	}
	s := protobuf.NewSerializer(legacyscheme.Scheme, legacyscheme.Scheme)
	o, gvk, err := s.Decode(data, nil, nil)
	if err != nil {
		return nil, err
	}
	o.GetObjectKind().SetGroupVersionKind(*gvk)
	b, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	return obj{"object": json.RawMessage(b), "gvk": gvk.GroupVersion().String() + "/" + gvk.Kind}, nil
}

func init() {
	register("protobuf.encode", &fnDef{
		doc: "the protobuf serializer of the API (with the k8s\\0 envelope)", in: `{object}`, out: `{data: base64}`,
		run: typed(protoEncode), gen: func(r *rng) any {
			if r.p(30) {
				return obj{"object": clone(r.filledObject())}
			}
			return obj{"object": r.mutatedObject(r.n(4))}
		}, count: 1500,
	})
	register("protobuf.decode", &fnDef{
		doc: "decode protobuf to JSON", in: `{data: base64}`, out: `{object, gvk}`,
		run: typed(protoDecode), gen: func(r *rng) any {
			for {
				o := r.mutatedObject(r.n(4))
				res, err := protoEncode(protoIn{Object: marshal(o)})
				if err == nil {
					return obj{"data": res.(obj)["data"]}
				}
			}
		}, count: 1000,
	})
}
